// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace umoci::cli {

/// Number of code points; a byte that is no UTF-8 counts as one.
[[nodiscard]] inline std::size_t count_code_points(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    text.remove_prefix(std::max<std::size_t>(utf8_length(text), 1));
    ++width;
  }
  return width;
}

}  // namespace umoci::cli
