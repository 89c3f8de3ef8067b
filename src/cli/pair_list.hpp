// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::cli {

/// Parses lines of two words separated by blanks or tabs; empty lines and those that begin with "#"
/// are left out. In a word a backslash makes the next character, which is no letter and no digit,
/// an ordinary one; `\n` is a line feed, `\t` a tab, and `\ooo`, three octal digits, any byte.
/// Throws: invalid_data naming the line, also for a NUL byte, which no path can have.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_pairs(std::string_view text);

}  // namespace umoci::cli
