// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <span>

namespace umoci::cli {

/// Code points that follow one another. Tables of them are written by
/// generate_code_point_ranges.py.
struct CodePointRange {
  char32_t first;
  char32_t last;
};

/// `ranges` are in order and do not overlap.
[[nodiscard]] inline bool is_in(std::span<const CodePointRange> ranges, char32_t point) {
  const auto after = std::ranges::upper_bound(ranges, point, {}, &CodePointRange::first);
  return after != ranges.begin() && point <= std::prev(after)->last;
}

}  // namespace umoci::cli
