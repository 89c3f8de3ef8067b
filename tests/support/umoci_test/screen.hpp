// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/utf8.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::test {

/// What a terminal shows of bytes that are written to it, one cell for each character. Knows what a
/// changing line may use: carriage return, newline, "erase to the end of the line"; anything else
/// that steers is an error. Text that is too long goes on in the next row.
class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}

  void write(std::string_view text) {
    constexpr std::string_view erase_rest = "\x1b[K";
    while (!text.empty()) {
      if (text.starts_with(erase_rest)) {
        rows_[row_].resize(std::min(column_, rows_[row_].size()));
        text.remove_prefix(erase_rest.size());
        continue;
      }
      const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
      put(text.substr(0, length));
      text.remove_prefix(length);
    }
  }

  /// Without blanks at their ends.
  [[nodiscard]] std::vector<std::string> rows() const {
    std::vector<std::string> texts;
    for (const auto& row : rows_) {
      std::string text;
      for (const std::string& cell : row) text += cell;
      text.erase(text.find_last_not_of(' ') + 1);
      texts.push_back(text);
    }
    return texts;
  }

 private:
  void put(std::string_view character) {
    if (character == "\r") {
      column_ = 0;
    } else if (character == "\n") {
      next_row();
    } else if (character.size() == 1 && static_cast<unsigned char>(character[0]) < 0x20) {
      throw std::runtime_error("it steers the terminal");
    } else {
      if (column_ == columns_) next_row();
      auto& row = rows_[row_];
      if (row.size() <= column_) row.resize(column_ + 1, " ");
      row[column_++] = character;
    }
  }
  void next_row() {
    if (++row_ == rows_.size()) rows_.emplace_back();
    column_ = 0;
  }

  std::size_t columns_;
  std::vector<std::vector<std::string>> rows_{{}};
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

}  // namespace umoci::test
