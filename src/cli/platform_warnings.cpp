// SPDX-License-Identifier: Apache-2.0
#include <cli/platform_warnings.hpp>

#include <cli/nearest_name.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/go_names.hpp>
#include <umoci/oci/platform_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

namespace umoci::cli {
namespace {

void warn_of_unknown_name(std::string_view flag, std::string_view name,
                          std::span<const std::string_view> known, Log& log) {
  if (name.empty() || std::ranges::find(known, name) != known.end()) return;
  auto guess = oci::usual_architecture(name);
  if (!guess || std::ranges::find(known, *guess) == known.end()) guess = nearest_name(name, known);
  log.warn(fmt::format("--{}: Go has no name {}{}", flag, quoted(name),
                       guess ? fmt::format(", did you mean {}?", *guess) : std::string()));
}

}  // namespace

void warn_of_unknown_os(std::string_view flag, std::string_view name, Log& log) {
  warn_of_unknown_name(flag, name, oci::go_os_names(), log);
}

void warn_of_unknown_architecture(std::string_view flag, std::string_view name, Log& log) {
  warn_of_unknown_name(flag, name, oci::go_architecture_names(), log);
}

}  // namespace umoci::cli
