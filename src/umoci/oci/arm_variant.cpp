// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/arm_variant.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace umoci::oci {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 19> variants{{
    {"8", "v8"},     {"aarch64", "v8"}, {"7", "v7"},     {"7m", "v7"},    {"?(12)", "v7"},
    {"?(13)", "v7"}, {"?(14)", "v7"},   {"?(15)", "v7"}, {"?(16)", "v7"}, {"?(17)", "v7"},
    {"6", "v6"},     {"6tej", "v6"},    {"5", "v5"},     {"5t", "v5"},    {"5te", "v5"},
    {"5tej", "v5"},  {"4", "v4"},       {"4t", "v4"},    {"3", "v3"},
}};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

/// The value of the first line `name : value`, the name in any letter case; empty without one.
std::string_view value_of(std::string_view cpuinfo, std::string_view name) {
  while (!cpuinfo.empty()) {
    const std::size_t end = std::min(cpuinfo.find('\n'), cpuinfo.size());
    const std::string_view line = cpuinfo.substr(0, end);
    cpuinfo.remove_prefix(std::min(end + 1, cpuinfo.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    if (lower(trim(line.substr(0, colon))) == name) return trim(line.substr(colon + 1));
  }
  return {};
}

std::string architecture_of(std::string_view machine) {
  if (machine == "aarch64") return "8";
  constexpr std::string_view prefix = "armv";
  if (!machine.starts_with(prefix)) return {};
  machine.remove_prefix(prefix.size());
  const auto end =
      std::find_if(machine.begin(), machine.end(), [](char c) { return c < '0' || c > '9'; });
  return {machine.begin(), end};
}

}  // namespace

std::string arm_variant(std::string_view cpuinfo, std::string_view machine) {
  std::string architecture = lower(value_of(cpuinfo, "cpu architecture"));
  if (architecture.empty()) architecture = architecture_of(machine);
  // The kernel of early Raspberry Pis gives the wrong number.
  const std::string model = lower(value_of(cpuinfo, "model name"));
  if (architecture == "7" && model.starts_with("armv6-compatible")) architecture = "6";
  for (const auto& [name, variant] : variants) {
    if (name == architecture) return std::string(variant);
  }
  return "unknown";
}

}  // namespace umoci::oci
