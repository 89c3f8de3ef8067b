// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/timestamp.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ctime>

namespace umoci {
namespace {

constexpr std::int64_t first_second = -62'167'219'200;  // 0000-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;   // 9999-12-31T23:59:59Z

TEST(ParseTimestamp, AcceptsRfc3339) {
  const std::vector<std::pair<const char*, Timestamp>> cases{
      {"1970-01-01T00:00:00Z", {}},
      {"1969-12-31T23:59:59.5Z", {.time = {-1, 500'000'000}}},
      {"2020-01-01T00:00:00.500+05:30", {.time = {1577817000, 500'000'000}, .offset_minutes = 330}},
      {"2020-01-01T00:00:00,25Z", {.time = {1577836800, 250'000'000}}},
      {"2020-02-29T1:02:03Z", {.time = {1582938123, 0}}},
      {"2000-02-29T00:00:00Z", {.time = {951782400, 0}}},
      {"2020-01-01T00:00:00.123456789Z", {.time = {1577836800, 123'456'789}}},
      {"2020-01-01T00:00:00.1234567899999Z", {.time = {1577836800, 123'456'789}}},
      {"2020-01-01T00:00:00-00:00", {.time = {1577836800, 0}}},
      {"2020-01-01T00:00:00-23:59", {.time = {1577923140, 0}, .offset_minutes = -1439}},
      {"2020-01-01T00:00:00+23:59", {.time = {1577750460, 0}, .offset_minutes = 1439}},
      {"0000-01-01T00:00:00Z", {.time = {first_second, 0}}},
      {"9999-12-31T23:59:59.999999999Z", {.time = {last_second, 999'999'999}}},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(parse_timestamp(text), expected) << text;
}

TEST(ParseTimestamp, RejectsEverythingElse) {
  for (const char* text : {"",
                           "now",
                           "2020-01-01",
                           "2020-01-01T00:00:00",
                           "2020-01-01t00:00:00Z",
                           "2020-01-01T00:00:00z",
                           "2020-01-01 00:00:00Z",
                           "2020-01-01T00:00:00+0000",
                           "2020-01-01T00:00:00+00",
                           "2020-01-01T00:00:60Z",
                           "2020-01-01T24:00:00Z",
                           "2020-01-01T00:60:00Z",
                           "2020-01-01T00:00Z",
                           "2020-01-01T:00:00Z",
                           "2020-01-01T000:00:00Z",
                           "2020-01-01T00:0:00Z",
                           "2020-01-01T00:00:00.Z",
                           "2020-01-01T00:00:00.-1Z",
                           "2020-01-01T00:00:00+24:00",
                           "2020-01-01T00:00:00+00:60",
                           "2020-01-01T00:00:00+5:30",
                           "2020-01-01T00:00:00ZZ",
                           "2020-01-01T00:00:00Z ",
                           " 2020-01-01T00:00:00Z",
                           "2020-00-01T00:00:00Z",
                           "2020-13-01T00:00:00Z",
                           "2020-01-00T00:00:00Z",
                           "2020-01-32T00:00:00Z",
                           "2019-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "20200-01-01T00:00:00Z",
                           "-020-01-01T00:00:00Z",
                           "+2020-01-01T00:00:00Z",
                           "2020-01-01T00:00:00\xef\xbc\x8d"
                           "01:00"}) {
    try {
      static_cast<void>(parse_timestamp(text));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
      EXPECT_EQ(error.message(), "invalid RFC 3339 time " + quoted(text));
    }
  }
}

TEST(FormatTimestamp, KeepsOffsetAndShortensFractions) {
  for (const auto& [text, expected] : std::vector<std::pair<const char*, const char*>>{
           {"2020-01-01T00:00:00.500+05:30", "2020-01-01T00:00:00.5+05:30"},
           {"2020-01-01T00:00:00,500-00:30", "2020-01-01T00:00:00.5-00:30"},
           {"2020-01-01T00:00:00.000Z", "2020-01-01T00:00:00Z"},
           {"2020-01-01T00:00:00+00:00", "2020-01-01T00:00:00Z"},
           {"2020-01-01T00:00:00-00:00", "2020-01-01T00:00:00Z"},
           {"2020-01-01T7:08:09Z", "2020-01-01T07:08:09Z"},
           {"2020-01-01T00:00:00.0000000019Z", "2020-01-01T00:00:00.000000001Z"},
           {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
           {"9999-12-31T23:59:59.999999999-23:59", "9999-12-31T23:59:59.999999999-23:59"},
       }) {
    EXPECT_EQ(format_timestamp(parse_timestamp(text)), expected);
  }
}

TEST(FormatTimestamp, WritesSourceDateEpochValues) {
  EXPECT_EQ(format_timestamp({.time = {5, 0}}), "1970-01-01T00:00:05Z");
  EXPECT_EQ(format_timestamp({.time = {-5, 0}}), "1969-12-31T23:59:55Z");
  EXPECT_EQ(format_timestamp({.time = {0, 0}}), "1970-01-01T00:00:00Z");
}

TEST(FormatTimestamp, RefusesYearsOutsideFourDigits) {
  for (const Timestamp& timestamp : {
           Timestamp{.time = {first_second - 1, 0}},
           Timestamp{.time = {first_second, 0}, .offset_minutes = -1},
           Timestamp{.time = {last_second + 1, 0}},
           Timestamp{.time = {last_second, 0}, .offset_minutes = 1},
           Timestamp{.time = {INT64_MAX, 0}, .offset_minutes = 1439},
           Timestamp{.time = {INT64_MIN, 0}, .offset_minutes = -1439},
       }) {
    EXPECT_THROW(static_cast<void>(format_timestamp(timestamp)), Error);
  }
  // What counts is the year as it is written.
  EXPECT_EQ(format_timestamp({.time = {first_second - 60, 0}, .offset_minutes = 1}),
            "0000-01-01T00:00:00+00:01");
}

RC_GTEST_PROP(Timestamp, SurvivesTheRoundTrip, ()) {
  // A day from either end, so that any offset fits.
  const Timestamp timestamp{
      .time = {*rc::gen::inRange<std::int64_t>(first_second + 86'400, last_second - 86'400),
               *rc::gen::inRange<std::uint32_t>(0, 1'000'000'000)},
      .offset_minutes = *rc::gen::inRange(-1439, 1440)};
  RC_ASSERT(parse_timestamp(format_timestamp(timestamp)) == timestamp);
}

RC_GTEST_PROP(Timestamp, AgreesWithTheCLibrary, ()) {
  const auto seconds = *rc::gen::inRange<std::int64_t>(first_second, last_second + 1);
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[64];
  std::strftime(text, sizeof(text), "-%m-%dT%H:%M:%SZ", &parts);
  const std::string year = std::to_string(10'000 + parts.tm_year + 1900).substr(1);
  RC_ASSERT(format_timestamp({.time = {seconds, 0}}) == year + text);
}

}  // namespace
}  // namespace umoci
