// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/process_umask.hpp>

#include <umoci/base/number.hpp>

#include <fstream>
#include <string>
#include <string_view>

namespace umoci::check {

mode_t process_umask() {
  constexpr std::string_view name = "Umask:\t";
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name)) continue;
    constexpr int octal = 8;
    const auto mask = parse_number<mode_t>(std::string_view(line).substr(name.size()), octal);
    if (mask) return *mask;
  }
  return 077;
}

}  // namespace umoci::check
