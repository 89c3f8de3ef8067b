// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>

namespace umoci::codec {

template <std::unsigned_integral Number>
[[nodiscard]] Number read_little_endian(const std::byte* bytes) {
  Number number = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) {
    number = static_cast<Number>(number << 8U) | std::to_integer<Number>(bytes[i]);
  }
  return number;
}

template <std::unsigned_integral Number>
void write_little_endian(std::byte* bytes, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    bytes[i] = static_cast<std::byte>((number >> (8 * i)) & 0xffU);
  }
}

}  // namespace umoci::codec
