// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/base64.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace umoci {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Three bytes are four digits of six bits.
constexpr std::size_t group_bytes = 3;
constexpr std::size_t group_digits = 4;
constexpr std::uint32_t digit_mask = 0x3f;

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digit_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values.at(static_cast<unsigned char>(alphabet[i])) = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr std::array<std::uint8_t, 256> digit_values = make_digit_values();

}  // namespace

std::string format_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + group_bytes - 1) / group_bytes * group_digits);
  for (std::size_t at = 0; at < bytes.size(); at += group_bytes) {
    const std::size_t count = std::min(group_bytes, bytes.size() - at);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < group_bytes; ++i) {
      bits = bits << 8U | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < group_digits; ++i) {
      const auto shift = static_cast<unsigned>(6 * (group_digits - 1 - i));
      text += i <= count ? alphabet[bits >> shift & digit_mask] : '=';
    }
  }
  return text;
}

std::optional<std::string> parse_base64(std::string_view text, std::size_t* illegal_offset) {
  const auto refuse = [&](std::size_t offset) {
    if (illegal_offset != nullptr) *illegal_offset = offset;
    return std::nullopt;
  };
  if (text.size() % group_digits != 0) return refuse(text.size());
  std::string bytes;
  bytes.reserve(text.size() / group_digits * group_bytes);
  for (std::size_t at = 0; at < text.size(); at += group_digits) {
    std::size_t digits = group_digits;
    if (at + group_digits == text.size()) {
      while (digits > 2 && text[at + digits - 1] == '=') --digits;
    }
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < group_digits; ++i) {
      const std::uint8_t value =
          i < digits ? digit_values[static_cast<unsigned char>(text[at + i])] : std::uint8_t{0};
      if (value == no_digit) return refuse(at + i);
      bits = bits << 6U | value;
    }
    for (std::size_t i = 0; i < group_bytes; ++i) {
      const auto byte = static_cast<char>(bits >> (16U - 8U * i) & 0xffU);
      if (i + 1 < digits) {
        bytes += byte;
      } else if (byte != 0) {
        return refuse(at + digits - 1);
      }
    }
  }
  return bytes;
}

}  // namespace umoci
