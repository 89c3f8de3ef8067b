// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::mtree {

/// The blanks between words. Anything else, CR and form feed included, is part of a word.
inline constexpr std::string_view blanks = " \t";

/// Cuts the first word off `rest`; empty if there is none.
[[nodiscard]] std::string_view next_word(std::string_view& rest);

[[nodiscard]] inline bool is_comment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(blanks);
  return first != std::string_view::npos && line[first] == '#';
}

/// Splits a manifest into logical lines: without line ends (LF or CRLF), and with lines that end
/// in an unescaped backslash joined to what follows. Comments are never joined.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  /// The next line, nullopt after the last. Valid until the next call. Throws: limit_exceeded for
  /// a line of more than 16 MiB.
  [[nodiscard]] std::optional<std::string_view> next();

  /// Number of the line returned last, of its first part if it was joined; counts from 1.
  [[nodiscard]] std::size_t number() const noexcept { return number_; }

 private:
  std::string_view next_part();

  std::string_view rest_;
  std::string joined_;
  std::size_t number_ = 0;
  std::size_t next_number_ = 1;
};

}  // namespace umoci::mtree
