// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <umoci/bundle/unpack.hpp>

#include <vector>

namespace umoci::cli {

/// What both ways to unpack an image take.
[[nodiscard]] std::vector<Flag> unpack_flags();
/// Throws: invalid_argument for malformed mappings.
[[nodiscard]] bundle::UnpackOptions unpack_options(const Invocation& line);

}  // namespace umoci::cli
