// SPDX-License-Identifier: Apache-2.0
#include <cli/share_bar.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>

namespace umoci::cli {
namespace {

/// From the smallest part of a cell to a full one.
constexpr std::array<std::string_view, 8> blocks{"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
constexpr std::array<std::string_view, 2> marks{"-", "#"};

}  // namespace

std::string share_bar(double share, std::size_t cells, CharacterSet characters) {
  if (!(share > 0.0)) return {};
  const std::span<const std::string_view> parts =
      characters == CharacterSet::unicode ? std::span<const std::string_view>(blocks) : marks;
  const auto steps = static_cast<double>(cells * parts.size());
  auto left = static_cast<std::size_t>(std::clamp(std::round(share * steps), 1.0, steps));
  std::string bar;
  while (left > 0) {
    const std::size_t part = std::min(left, parts.size());
    bar += parts[part - 1];
    left -= part;
  }
  return bar;
}

}  // namespace umoci::cli
