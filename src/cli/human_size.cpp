// SPDX-License-Identifier: Apache-2.0
#include <cli/human_size.hpp>

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace umoci::cli {

std::string human_size(std::int64_t size_bytes) {
  constexpr std::array<std::string_view, 9> units{"B",  "kB", "MB", "GB", "TB",
                                                  "PB", "EB", "ZB", "YB"};
  auto size = static_cast<double>(size_bytes);
  std::size_t unit = 0;
  while (size >= 1000.0 && unit + 1 < units.size()) {
    size /= 1000.0;
    ++unit;
  }
  // 999,999 bytes are "1000kB": rounding comes after the unit was chosen. %g would write 1e+03.
  std::string digits = fmt::format("{:.{}f}", size,
                                   size >= 999.95   ? 0
                                   : size >= 99.995 ? 1
                                   : size >= 9.9995 ? 2
                                                    : 3);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return digits + std::string(units.at(unit));
}

}  // namespace umoci::cli
