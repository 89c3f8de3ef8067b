// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/dates.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <fmt/format.h>

namespace umoci::cli {

std::optional<std::int64_t> source_date_epoch(const Io& io) {
  const auto value = io.environment("SOURCE_DATE_EPOCH");
  if (!value || value->empty()) return std::nullopt;
  std::string_view digits = *value;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  const auto seconds = parse_number<std::int64_t>(digits);
  if (!seconds) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("parse SOURCE_DATE_EPOCH={}: not a number of seconds", quoted(*value)));
  }
  return seconds;
}

std::string creation_time(const Io& io) {
  const auto epoch = source_date_epoch(io);
  if (!epoch) return format_timestamp(io.now());
  return with_verdict([&] { return fmt::format("SOURCE_DATE_EPOCH={}", *epoch); },
                      [&] {
                        return format_timestamp(
                            {.time = {.seconds = *epoch, .nanoseconds = 0}, .offset_minutes = 0});
                      });
}

std::string parse_time_flag(std::string_view flag, const std::string& value, const Io& io) {
  return with_verdict([&] { return fmt::format("parsing {}", flag); },
                      [&] {
                        if (value == "now") return creation_time(io);
                        return format_timestamp(parse_timestamp(value));
                      });
}

}  // namespace umoci::cli
