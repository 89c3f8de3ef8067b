// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace umoci::cli {

/// `word` as a shell reads it back: as it is if that is unmistakable, else in single quotes. One
/// that a line of text could not show, for control characters or bytes that are no UTF-8, becomes
/// $'…' with octal escapes. Spec: POSIX.1-2024, XCU 2.2.
[[nodiscard]] std::string shell_quoted(std::string_view word);

/// `command` as it is, then each of `words` quoted: one line, whatever they hold.
[[nodiscard]] std::string shell_line(std::string_view command, std::span<const std::string> words);

}  // namespace umoci::cli
