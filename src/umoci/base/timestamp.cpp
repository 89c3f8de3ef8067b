// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/timestamp.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <chrono>

namespace umoci {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;

/// Reads an RFC 3339 text from left to right; any surprise is one and the same error.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text), rest_(text) {}

  [[noreturn]] void fail() const {
    throw Error(ErrorKind::invalid_argument, "invalid RFC 3339 time " + quoted(text_));
  }

  [[nodiscard]] bool next_is_digit() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }

  bool accept(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) fail();
  }

  int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) value = value * 10 + digit();
    return value;
  }

  int digit() {
    if (!next_is_digit()) fail();
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view text_;
  std::string_view rest_;
};

std::uint32_t scan_fraction(Scanner& scan) {
  if (!scan.accept('.') && !scan.accept(',')) return 0;
  std::uint32_t nanoseconds = static_cast<std::uint32_t>(scan.digit()) * 100'000'000U;
  for (std::uint32_t weight = 10'000'000U; scan.next_is_digit(); weight /= 10U) {
    nanoseconds += static_cast<std::uint32_t>(scan.digit()) * weight;
  }
  return nanoseconds;
}

int scan_offset(Scanner& scan) {
  if (scan.accept('Z')) return 0;
  const bool west = scan.accept('-');
  if (!west) scan.expect('+');
  const int hours = scan.digits(2);
  scan.expect(':');
  const int minutes = scan.digits(2);
  if (hours > 23 || minutes > 59) scan.fail();
  const int offset = hours * 60 + minutes;
  return west ? -offset : offset;
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace

Timestamp parse_timestamp(std::string_view text) {
  Scanner scan(text);
  const std::chrono::year year(scan.digits(4));
  scan.expect('-');
  const std::chrono::month month(static_cast<unsigned>(scan.digits(2)));
  scan.expect('-');
  const std::chrono::day day(static_cast<unsigned>(scan.digits(2)));
  scan.expect('T');
  int hour = scan.digit();
  if (scan.next_is_digit()) hour = hour * 10 + scan.digit();
  scan.expect(':');
  const int minute = scan.digits(2);
  scan.expect(':');
  const int second = scan.digits(2);

  Timestamp result;
  result.time.nanoseconds = scan_fraction(scan);
  result.offset_minutes = scan_offset(scan);
  const std::chrono::year_month_day date(year, month, day);
  if (!scan.at_end() || !date.ok() || hour > 23 || minute > 59 || second > 59) scan.fail();

  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  result.time.seconds = days * seconds_per_day + hour * 3600 + minute * 60 + second -
                        std::int64_t{result.offset_minutes} * 60;
  return result;
}

std::string format_timestamp(const Timestamp& timestamp) {
  // Years 0 to 9999 with a day to spare for the zone; beyond that the calendar would overflow.
  constexpr std::int64_t lowest = -62'167'305'600;
  constexpr std::int64_t highest = 253'402'387'200;
  const auto out_of_range = [&] {
    return Error(ErrorKind::invalid_argument,
                 fmt::format("time {} lies outside the years 0 to 9999", timestamp.time.seconds));
  };
  if (timestamp.time.seconds < lowest || timestamp.time.seconds > highest) throw out_of_range();

  const std::int64_t local = timestamp.time.seconds + std::int64_t{timestamp.offset_minutes} * 60;
  const std::int64_t days = floor_divide(local, seconds_per_day);
  const std::int64_t second = local - days * seconds_per_day;
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) throw out_of_range();

  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year, static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), second / 3600, second / 60 % 60, second % 60);
  if (timestamp.time.nanoseconds != 0) {
    std::string fraction = fmt::format("{:09}", timestamp.time.nanoseconds);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    out += "." + fraction;
  }
  if (timestamp.offset_minutes == 0) return out + "Z";
  const int offset =
      timestamp.offset_minutes < 0 ? -timestamp.offset_minutes : timestamp.offset_minutes;
  return out + fmt::format("{}{:02}:{:02}", timestamp.offset_minutes < 0 ? '-' : '+', offset / 60,
                           offset % 60);
}

}  // namespace umoci
