// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/spec_version.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace umoci::runtime {
namespace {

/// Before the names of a pre-release and of a build, which say nothing of what is in a version.
struct Version {
  std::array<std::uint64_t, 3> numbers{};
  bool is_release = true;

  friend auto operator<=>(const Version&, const Version&) = default;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/// Names joined by dots, none of them empty; a number among those of a pre-release has no leading
/// zero.
bool are_identifiers(std::string_view text, bool zeros_may_lead) {
  for (;;) {
    const std::size_t dot = text.find('.');
    const std::string_view name = text.substr(0, dot);
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_identifier_character))
      return false;
    const bool is_number = std::all_of(name.begin(), name.end(), is_digit);
    if (!zeros_may_lead && is_number && name.size() > 1 && name.front() == '0') return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::optional<std::uint64_t> parse_part(std::string_view text) {
  const bool has_leading_zero = text.size() > 1 && text.front() == '0';
  return has_leading_zero ? std::nullopt : parse_number<std::uint64_t>(text);
}

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    if (!are_identifiers(text.substr(plus + 1), true)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    if (!are_identifiers(text.substr(dash + 1), false)) return std::nullopt;
    text = text.substr(0, dash);
    version.is_release = false;
  }
  for (std::size_t i = 0; i < version.numbers.size(); ++i) {
    const bool is_last = i + 1 == version.numbers.size();
    const std::size_t dot = is_last ? text.size() : text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::optional<std::uint64_t> number = parse_part(text.substr(0, dot));
    if (!number) return std::nullopt;
    version.numbers[i] = *number;
    if (!is_last) text.remove_prefix(dot + 1);
  }
  return version;
}

}  // namespace

void check_spec_version(std::string_view version, std::string_view what) {
  const std::optional<Version> given = parse_version(version);
  const Version newest = *parse_version(newest_spec_version);
  const std::string subject = std::string(what).append(" ").append(quoted(version));
  if (!given) throw Error(ErrorKind::invalid_data, subject + " is no version");
  const std::string newest_text(newest_spec_version);
  if (given->numbers[0] != newest.numbers[0]) {
    throw Error(ErrorKind::unsupported, subject + " is incompatible with version " + newest_text +
                                            ": mismatching major number");
  }
  if (*given > newest) {
    throw Error(ErrorKind::unsupported,
                subject + " is unsupported: " + std::string(version) + " > " + newest_text);
  }
}

bool is_older(std::string_view version, std::string_view other) {
  return *parse_version(version) < *parse_version(other);
}

}  // namespace umoci::runtime
