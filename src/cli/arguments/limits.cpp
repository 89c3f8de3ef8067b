// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/limits.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <optional>
#include <string>

namespace umoci::cli {
namespace {

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_argument, "invalid --limit: " + why);
}

/// How many characters must be added, removed or replaced to make one name of the other.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

[[noreturn]] void fail_unknown(std::string_view name) {
  std::string known;
  std::string_view nearest;
  std::size_t least = name.size() / 2 + 1;  // what differs more was not meant
  for (const LimitName& limit : limit_names()) {
    known += known.empty() ? "" : ", ";
    known += limit.name;
    // Text of any length would be compared for ever.
    if (name.size() > 2 * limit.name.size()) continue;
    if (const std::size_t found = distance(name, limit.name); found < least) {
      least = found;
      nearest = limit.name;
    }
  }
  const std::string guess =
      nearest.empty() ? std::string() : fmt::format(", did you mean {}?", nearest);
  fail(fmt::format("unknown limit {}{} (there are {})", quoted(name), guess, known));
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
  std::uint64_t value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  if (value > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
  return value << shift;
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
