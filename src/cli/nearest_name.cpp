// SPDX-License-Identifier: Apache-2.0
#include <cli/nearest_name.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace umoci::cli {
namespace {

// Longer than any name there is: what somebody pasted by mistake is nobody's typo.
constexpr std::size_t longest_typo = 64;

/// Slips that turn `from` into `to` (optimal string alignment distance), row by row of the matrix.
std::size_t count_slips(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t wrong = from[i - 1] == to[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + wrong});
      const bool exchanged = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (exchanged) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[to.size()];
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view typed,
                                             std::span<const std::string_view> names) {
  if (typed.size() > longest_typo) return std::nullopt;
  std::optional<std::string_view> nearest;
  std::size_t fewest = 0;
  for (const std::string_view name : names) {
    const std::size_t slips = count_slips(typed, name);
    if (slips > std::max<std::size_t>(1, std::min(typed.size(), name.size()) / 3)) continue;
    // Of a single letter every name of one or two letters is one slip away.
    if (slips >= std::min(typed.size(), name.size())) continue;
    if (!nearest || slips < fewest) {
      nearest = name;
      fewest = slips;
    }
  }
  return nearest;
}

}  // namespace umoci::cli
