// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>

#include <string>
#include <string_view>

namespace umoci::cli {

/// Opens what the user names for reading: a file, a pipe, the standard input's device, but no
/// directory. `what` is it for messages, such as "layer archive". Throws: not_found, permission,
/// io; invalid_argument for a directory.
[[nodiscard]] UniqueFd open_input(const std::string& path, std::string_view what);

}  // namespace umoci::cli
