// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/text_forms.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace umoci::check {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_digit(c) || is_letter(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// Spec: RFC 6838 4.2, restricted-name.
bool is_restricted_name(std::string_view name) {
  constexpr std::size_t max_bytes = 127;
  return !name.empty() && name.size() <= max_bytes && is_alnum(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_alnum(c) || is_one_of(c, "!#$&^_.+-"); });
}

/// Cuts a number of exactly `digits` digits off `rest`; -1 if there is none.
int take_number(std::string_view& rest, std::size_t digits) {
  if (rest.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(rest[i])) return -1;
    value = value * 10 + (rest[i] - '0');
  }
  rest.remove_prefix(digits);
  return value;
}

bool take(std::string_view& rest, std::string_view any_of) {
  if (rest.empty() || !is_one_of(rest.front(), any_of)) return false;
  rest.remove_prefix(1);
  return true;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && is_leap ? 29 : days.at(static_cast<std::size_t>(month - 1));
}

bool is_between(int value, int least, int most) { return value >= least && value <= most; }

bool take_date(std::string_view& rest) {
  const int year = take_number(rest, 4);
  if (year < 0 || !take(rest, "-")) return false;
  const int month = take_number(rest, 2);
  if (!is_between(month, 1, 12) || !take(rest, "-")) return false;
  return is_between(take_number(rest, 2), 1, days_in_month(year, month));
}

bool take_hour_and_minute(std::string_view& rest) {
  return is_between(take_number(rest, 2), 0, 23) && take(rest, ":") &&
         is_between(take_number(rest, 2), 0, 59);
}

/// A `.` and digits, or nothing.
bool take_fraction(std::string_view& rest) {
  if (!take(rest, ".")) return true;
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  rest.remove_prefix(digits);
  return digits > 0;
}

}  // namespace

bool is_media_type(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && is_restricted_name(text.substr(0, slash)) &&
         is_restricted_name(text.substr(slash + 1));
}

bool is_rfc3339(std::string_view text) {
  constexpr int leap_second = 60;
  if (!take_date(text) || !take(text, "Tt") || !take_hour_and_minute(text) || !take(text, ":") ||
      !is_between(take_number(text, 2), 0, leap_second) || !take_fraction(text)) {
    return false;
  }
  if (take(text, "Zz")) return text.empty();
  return take(text, "+-") && take_hour_and_minute(text) && text.empty();
}

bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) return false;
  const auto scheme = text.substr(0, colon);
  if (!std::ranges::all_of(scheme, [](char c) { return is_alnum(c) || is_one_of(c, "+-."); })) {
    return false;
  }
  const std::string_view rest = text.substr(colon + 1);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '%') {
      if (i + 2 >= rest.size() || !is_hex(rest[i + 1]) || !is_hex(rest[i + 2])) return false;
    } else if (!is_alnum(rest[i]) && !is_one_of(rest[i], "-._~:/?#[]@!$&'()*+,;=")) {
      return false;
    }
  }
  return std::ranges::count(rest, '#') <= 1;
}

bool has_web_scheme(std::string_view uri) {
  std::size_t length = 0;
  for (const char c : std::string_view("http")) {
    if (length >= uri.size() || (uri[length] | 0x20) != c) return false;
    ++length;
  }
  uri.remove_prefix(length);
  if (!uri.empty() && is_one_of(uri.front(), "sS")) uri.remove_prefix(1);
  return uri.starts_with("://");
}

bool is_reverse_domain(std::string_view key) {
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == key.size()) return false;
  const auto domain = key.substr(0, dot);
  return std::ranges::all_of(domain, [](char c) { return is_alnum(c) || c == '-'; }) &&
         std::ranges::all_of(key.substr(dot),
                             [](char c) { return is_alnum(c) || is_one_of(c, ".-_/"); });
}

bool is_license_expression(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || is_one_of(c, ".-+:() "); });
}

}  // namespace umoci::check
