// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/limits.hpp>
#include <cli/nearest_name.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {
namespace {

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_argument, "invalid --limit: " + why);
}

[[noreturn]] void fail_unknown(std::string_view name) {
  std::vector<std::string_view> names;
  for (const LimitName& limit : limit_names()) names.push_back(limit.name);
  const auto nearest = nearest_name(name, names);
  const std::string guess = nearest ? fmt::format(", did you mean {}?", *nearest) : std::string();
  fail(fmt::format("unknown limit {}{} (there are {})", quoted(name), guess,
                   fmt::join(names, ", ")));
}

/// Digits and perhaps K, M, G or T.
std::optional<std::uint64_t> parse_value(std::string_view text) {
  constexpr std::string_view suffixes = "KMGT";
  unsigned shift = 0;
  if (const std::size_t power = text.empty() ? std::string_view::npos : suffixes.find(text.back());
      power != std::string_view::npos) {
    text.remove_suffix(1);
    shift = 10 * (static_cast<unsigned>(power) + 1);
  }
  const auto value = parse_number<std::uint64_t>(text);
  if (!value || *value > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
  return *value << shift;
}

}  // namespace

std::vector<Flag> limit_flags() {
  std::vector<std::string> choices;
  for (const LimitName& limit : limit_names()) choices.push_back(fmt::format("{}=", limit.name));
  return {{.name = limit_flag,
           .kind = FlagKind::list,
           .value_name = "name=value",
           .description = "change a limit on what is read or written, see below",
           .hint = ValueHint::choice,
           .choices = std::move(choices)}};
}

Limits limits(const ParsedFlags& flags) {
  Limits limits;
  for (const std::string& text : flags.values(limit_flag)) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) fail(fmt::format("{} is not NAME=VALUE", quoted(text)));
    const std::string_view name = std::string_view(text).substr(0, equals);
    const auto known = std::ranges::find(limit_names(), name, &LimitName::name);
    if (known == limit_names().end()) fail_unknown(name);
    const std::string_view digits = std::string_view(text).substr(equals + 1);
    const auto value = parse_value(digits);
    if (!value) {
      fail(
          fmt::format("{}: {} is not a decimal number below 2^64, with K, M, G, T or nothing "
                      "behind it",
                      name, quoted(digits)));
    }
    limits.*known->limit = *value;
  }
  return limits;
}

}  // namespace umoci::cli
