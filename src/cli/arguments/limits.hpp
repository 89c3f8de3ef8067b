// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <umoci/base/limits.hpp>

#include <string_view>
#include <vector>

namespace umoci::cli {

/// The name of the flag, by which help knows the commands that explain it.
inline constexpr std::string_view limit_flag = "limit";

/// --limit, for every command that opens a layout.
[[nodiscard]] std::vector<Flag> limit_flags();
/// The defaults, changed by each --limit NAME=VALUE. Throws: invalid_argument; for an unknown name
/// it tells the known ones.
[[nodiscard]] Limits limits(const ParsedFlags& flags);

}  // namespace umoci::cli
