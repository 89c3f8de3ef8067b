// SPDX-License-Identifier: Apache-2.0
#include <cli/text_table.hpp>

#include <cli/code_points.hpp>

#include <algorithm>
#include <ostream>

namespace umoci::cli {
namespace {

constexpr std::size_t minimal_width = 4;

}  // namespace

void TextTable::add(std::vector<std::string> row) {
  widths_.resize(std::max(widths_.size(), row.size()), minimal_width);
  for (std::size_t i = 0; i < row.size(); ++i) {
    widths_[i] = std::max(widths_[i], count_code_points(row[i]) + 1);
  }
  rows_.push_back(std::move(row));
}

void TextTable::print(std::ostream& out) const {
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      if (i + 1 < row.size()) out << std::string(widths_[i] - count_code_points(row[i]), ' ');
    }
    out << '\n';
  }
}

}  // namespace umoci::cli
