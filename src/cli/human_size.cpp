// SPDX-License-Identifier: Apache-2.0
#include <cli/human_size.hpp>

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace umoci::cli {

std::string human_size(std::int64_t size_bytes) {
  constexpr std::array<std::string_view, 7> units{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  auto size = static_cast<double>(size_bytes);
  std::size_t unit = 0;
  while (size >= 1000.0 && unit + 1 < units.size()) {
    size /= 1000.0;
    ++unit;
  }
  // The unit is chosen before rounding: 999,999 bytes are "1000kB".
  return fmt::format("{:.4g}{}", size, units.at(unit));
}

}  // namespace umoci::cli
