// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/overrides.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>
#include <umoci/base/timestamp.hpp>

#include <fmt/format.h>

#include <limits>
#include <optional>

namespace umoci::cli {
namespace {

[[noreturn]] void fail(std::string_view flag, const std::string& value, std::string_view expected) {
  throw Error(ErrorKind::invalid_argument,
              fmt::format("invalid --{}: {} is not {}", flag, quoted(value), expected));
}

fs::Owner parse_owner(const std::string& value) {
  const std::size_t colon = value.find(':');
  if (colon != std::string::npos) {
    const auto uid = parse_number<std::uint32_t>(std::string_view(value).substr(0, colon));
    const auto gid = parse_number<std::uint32_t>(std::string_view(value).substr(colon + 1));
    // The greatest number is no id: to the kernel it means none.
    constexpr auto no_id = std::numeric_limits<std::uint32_t>::max();
    if (uid && gid && *uid != no_id && *gid != no_id) return {.uid = *uid, .gid = *gid};
  }
  fail("chown", value, "UID:GID, decimal numbers from 0 to 4294967294");
}

std::uint32_t parse_mode(const std::string& value) {
  constexpr std::uint32_t all_bits = 07777;
  const auto mode = parse_number<std::uint32_t>(value, 8);
  if (!mode || *mode > all_bits) fail("chmod", value, "an octal number from 0 to 7777");
  return *mode;
}

std::int64_t parse_time(const std::string& value) {
  std::string_view digits = value;
  if (digits.starts_with('@')) digits.remove_prefix(1);
  if (const auto seconds = parse_number<std::int64_t>(digits)) return *seconds;
  try {
    return parse_timestamp(value).time.seconds;
  } catch (const Error&) {
    fail("mtime", value, "an RFC 3339 date or a number of seconds since 1970");
  }
}

}  // namespace

std::vector<Flag> override_flags() {
  return {
      {.name = "chown",
       .kind = FlagKind::single,
       .value_name = "uid:gid",
       .description = "owner of everything inserted, as ids of the image",
       .default_text = "the owner on disk, mapped",
       .hint = ValueHint::text},
      {.name = "chmod",
       .kind = FlagKind::single,
       .value_name = "mode",
       .description = "octal mode of everything inserted, directories too, but not of links",
       .default_text = "the mode on disk",
       .hint = ValueHint::text},
      {.name = "mtime",
       .kind = FlagKind::single,
       .value_name = "time",
       .description = "modification time of everything inserted: RFC 3339, or seconds since 1970 "
                      "with or without @; SOURCE_DATE_EPOCH does not matter then",
       .default_text = "the time on disk",
       .hint = ValueHint::text},
  };
}

layer::MetadataOverrides overrides(const ParsedFlags& flags) {
  layer::MetadataOverrides overrides;
  if (const auto value = flags.value("chown")) overrides.owner = parse_owner(*value);
  if (const auto value = flags.value("chmod")) overrides.mode = parse_mode(*value);
  if (const auto value = flags.value("mtime")) overrides.mtime = parse_time(*value);
  return overrides;
}

}  // namespace umoci::cli
