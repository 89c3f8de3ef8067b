// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/run.hpp>

#include <umoci/oci/json.hpp>

#include <string>
#include <string_view>

namespace umoci::cli {

/// JSON with \uHHHH for the characters that steer a terminal and that JSON may hold as they are:
/// DEL, the controls of C1, and those that turn the direction of text. It says the same.
[[nodiscard]] std::string escape_controls(std::string_view json);

/// One line on standard output. A program gets the bytes; a terminal must not be steered by them.
void print_json_line(const Io& io, const oci::Json& json);

}  // namespace umoci::cli
