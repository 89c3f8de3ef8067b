// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/platform_name.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace umoci::oci {
namespace {

struct ArchitectureAlias {
  std::string_view name;
  std::string_view architecture;
  std::string_view variant;
};

constexpr std::array<ArchitectureAlias, 8> aliases{{
    {"x86_64", "amd64", ""},
    {"x86-64", "amd64", ""},
    {"i386", "386", ""},
    {"i686", "386", ""},
    {"aarch64", "arm64", ""},
    {"armhf", "arm", "v7"},
    {"armv7l", "arm", "v7"},
    {"armel", "arm", "v6"},
}};

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// Not "..": who writes that means a path.
bool is_word(std::string_view text) {
  return !text.empty() && is_letter_or_digit(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
  });
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t slash = text.find('/');
    parts.push_back(text.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    text.remove_prefix(slash + 1);
  }
}

}  // namespace

Platform parse_platform(std::string_view text) {
  const auto parts = split(text);
  if (parts.size() < 2 || parts.size() > 3 || !std::ranges::all_of(parts, is_word)) {
    throw Error(ErrorKind::invalid_argument,
                "expected os/architecture[/variant] in lower case, got " + quoted(text));
  }
  Platform platform;
  platform.os = parts[0];
  platform.architecture = parts[1];
  const auto* alias = std::ranges::find(aliases, parts[1], &ArchitectureAlias::name);
  if (alias != aliases.end()) {
    platform.architecture = alias->architecture;
    platform.variant = alias->variant;
  }
  if (parts.size() == 3) platform.variant = parts[2];
  return platform;
}

std::optional<std::string_view> usual_architecture(std::string_view name) {
  const auto* alias = std::ranges::find(aliases, name, &ArchitectureAlias::name);
  return alias == aliases.end() ? std::nullopt : std::optional(alias->architecture);
}

std::string platform_name(const Platform& platform) {
  std::string name = platform.os + '/' + platform.architecture;
  if (!platform.variant.empty()) name += '/' + platform.variant;
  return name;
}

}  // namespace umoci::oci
