// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::mtree {

/// Cuts the first word off `rest`, with the spaces and tabs before it; empty if there is none.
[[nodiscard]] std::string_view next_word(std::string_view& rest);

[[nodiscard]] bool is_comment(std::string_view line);

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
