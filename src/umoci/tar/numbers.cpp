// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/numbers.hpp>

#include <umoci/base/number.hpp>

#include <limits>

namespace umoci::tar {
namespace {

constexpr std::uint32_t nanoseconds_per_second = 1'000'000'000;

bool is_blank(char byte) { return byte == ' ' || byte == '\0'; }

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

std::optional<std::int64_t> parse_base256(std::string_view field) {
  const auto first = static_cast<unsigned char>(field.front());
  const bool negative = (first & 0x40U) != 0;
  // A negative number is the complement of the number with all bits inverted.
  const unsigned char inversion = negative ? 0xff : 0x00;
  std::uint64_t value = (first ^ inversion) & 0x7fU;
  for (const char byte : field.substr(1)) {
    if (value >> 55U != 0) return std::nullopt;
    value = value << 8U | static_cast<unsigned char>(static_cast<unsigned char>(byte) ^ inversion);
  }
  const auto magnitude = static_cast<std::int64_t>(value);
  return negative ? -magnitude - 1 : magnitude;
}

/// Billionths from the digits after the point, or nothing if there is anything else.
std::optional<std::uint32_t> parse_fraction(std::string_view digits) {
  std::uint32_t nanoseconds = 0;
  std::uint32_t unit = nanoseconds_per_second / 10;
  for (const char digit : digits) {
    if (!is_digit(digit)) return std::nullopt;
    nanoseconds += unit * static_cast<std::uint32_t>(digit - '0');
    unit /= 10;
  }
  return nanoseconds;
}

}  // namespace

std::optional<std::int64_t> parse_octal(std::string_view field) {
  while (!field.empty() && is_blank(field.front())) field.remove_prefix(1);
  while (!field.empty() && is_blank(field.back())) field.remove_suffix(1);
  std::uint64_t value = 0;
  for (const char digit : field) {
    if (digit == '\0') break;
    if (digit < '0' || digit > '7' || value >> 60U != 0) return std::nullopt;
    value = value << 3U | static_cast<std::uint64_t>(digit - '0');
  }
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> parse_number(std::string_view field) {
  if (!field.empty() && (static_cast<unsigned char>(field.front()) & 0x80U) != 0) {
    return parse_base256(field);
  }
  return parse_octal(field);
}

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  return umoci::parse_number<std::int64_t>(text);
}

std::optional<Time> parse_pax_time(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto seconds = parse_decimal(text.substr(0, point));
  if (!seconds) return std::nullopt;
  if (point == std::string_view::npos) return Time{.seconds = *seconds};

  const auto nanoseconds = parse_fraction(text.substr(point + 1));
  if (!nanoseconds) return std::nullopt;
  if (*nanoseconds == 0 || text.front() != '-') {
    return Time{.seconds = *seconds, .nanoseconds = *nanoseconds};
  }
  // -1.25 is a quarter of a second before -1, and Time counts upwards.
  if (*seconds == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
  return Time{.seconds = *seconds - 1, .nanoseconds = nanoseconds_per_second - *nanoseconds};
}

}  // namespace umoci::tar
