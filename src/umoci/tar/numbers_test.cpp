// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/numbers.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace umoci::tar {
namespace {

constexpr std::int64_t max_int64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t min_int64 = std::numeric_limits<std::int64_t>::min();

struct NumberCase {
  std::string field;
  std::optional<std::int64_t> number;
};

/// A field of 12 bytes: the first one, `fill` in between, then `tail`.
std::string base256(unsigned char first, unsigned char fill, std::string_view tail) {
  std::string field(1, static_cast<char>(first));
  field.append(11 - tail.size(), static_cast<char>(fill));
  return field.append(tail);
}

TEST(ParseNumber, ReadsOctalDigitsAmongBlanksAndNuls) {
  const std::vector<NumberCase> cases = {
      {std::string("0000644\0", 8), 0644},
      {"00000644", 0644},
      {"    644 ", 0644},
      {std::string("644 \0\0\0\0", 8), 0644},
      {std::string(" \000644\0 \0", 8), 0644},
      {std::string("77\0x9999", 8), 077},  // what follows NUL is no part of the text
      {"", 0},
      {"        ", 0},
      {std::string(8, '\0'), 0},
      {"777777777777", 0777777777777},
      {std::string(20, '7'), (1LL << 60U) - 1},
      {std::string(21, '7'), max_int64},
      {"1" + std::string(21, '7'), std::nullopt},
      {"0000008", std::nullopt},
      {"-000644", std::nullopt},
      {"+000644", std::nullopt},
      {"0x1f", std::nullopt},
      {"12 34", std::nullopt},
      {"1\n", std::nullopt},
  };
  for (const auto& [field, number] : cases) {
    EXPECT_EQ(parse_number(field), number) << quoted(field);
    EXPECT_EQ(parse_octal(field), number) << quoted(field);
  }
}

TEST(ParseNumber, ReadsBase256) {
  const std::string top("\x7f\xff\xff\xff\xff\xff\xff\xff", 8);
  const std::string over("\x80\0\0\0\0\0\0\0", 8);
  const std::vector<NumberCase> cases = {
      {base256(0x80, 0, "\x01"), 1},
      {base256(0x80, 0, std::string("\x01\x00", 2)), 256},
      {base256(0x80, 0, top), max_int64},
      {base256(0x80, 0, over), std::nullopt},
      {base256(0x80, 0, "\x01" + std::string(8, '\0')), std::nullopt},
      {base256(0x81, 0, ""), std::nullopt},
      {base256(0xbf, 0xff, ""), std::nullopt},
      {base256(0xff, 0xff, ""), -1},
      {base256(0xff, 0xff, "\xfb"), -5},
      {base256(0xff, 0xff, over), min_int64},
      {base256(0xff, 0xff, top), std::nullopt},
      {base256(0xc0, 0, ""), std::nullopt},
      // Fields of 8 bytes hold 62 bits and a sign.
      {std::string("\x80\0\0\0\x01\0\0\0", 8), 1LL << 24U},
      {"\xbf" + std::string(7, '\xff'), 0x3fff'ffff'ffff'ffff},
      {"\xc0" + std::string(7, '\0'), -0x4000'0000'0000'0000},
      {"\x80", 0},
      {"\xff", -1},
  };
  for (const auto& [field, number] : cases) {
    EXPECT_EQ(parse_number(field), number) << quoted(field);
    EXPECT_EQ(parse_octal(field), std::nullopt) << quoted(field);
  }
}

TEST(ParseDecimal, TakesAllOfTheTextOrNothing) {
  const std::vector<NumberCase> cases = {
      {"0", 0},
      {"-1", -1},
      {"0012", 12},
      {"9223372036854775807", max_int64},
      {"-9223372036854775808", min_int64},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775809", std::nullopt},
      {"99999999999999999999999999", std::nullopt},
      {"", std::nullopt},
      {"-", std::nullopt},
      {"+1", std::nullopt},
      {" 1", std::nullopt},
      {"1 ", std::nullopt},
      {"1.0", std::nullopt},
      {"0x1", std::nullopt},
      {std::string("1\0", 2), std::nullopt},
  };
  for (const auto& [text, number] : cases) EXPECT_EQ(parse_decimal(text), number) << quoted(text);
}

struct TimeCase {
  std::string_view text;
  std::optional<Time> time;
};

TEST(ParsePaxTime, CountsNanosecondsUpwards) {
  const std::vector<TimeCase> cases = {
      {"0", Time{}},
      {"1350244992", Time{1350244992, 0}},
      {"1350244992.", Time{1350244992, 0}},
      {"1350244992.3", Time{1350244992, 300'000'000}},
      {"1350244992.023960108", Time{1350244992, 23'960'108}},
      {"1350244992.0239601089999999999", Time{1350244992, 23'960'108}},
      {"-1", Time{-1, 0}},
      {"-1.5", Time{-2, 500'000'000}},
      {"-0.5", Time{-1, 500'000'000}},
      {"-0.0", Time{}},
      {"-1.000000001", Time{-2, 999'999'999}},
      {"-1.0000000001", Time{-1, 0}},
      {"9223372036854775807.999999999", Time{max_int64, 999'999'999}},
      {"-9223372036854775808", Time{min_int64, 0}},
      {"-9223372036854775808.0", Time{min_int64, 0}},
      {"-9223372036854775808.1", std::nullopt},
      {"9223372036854775808", std::nullopt},
      {"", std::nullopt},
      {".5", std::nullopt},
      {"-.5", std::nullopt},
      {"1.-5", std::nullopt},
      {"1.5x", std::nullopt},
      {"1.0000000000x", std::nullopt},
      {"1..5", std::nullopt},
      {"1e5", std::nullopt},
      {"1,5", std::nullopt},
      {"nan", std::nullopt},
  };
  for (const auto& [text, time] : cases) EXPECT_EQ(parse_pax_time(text), time) << quoted(text);
}

}  // namespace
}  // namespace umoci::tar
