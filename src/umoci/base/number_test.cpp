// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/number.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace umoci {
namespace {

TEST(Number, IsAllOfTheText) {
  EXPECT_EQ(parse_number<int>("12"), 12);
  EXPECT_EQ(parse_number<int>("007"), 7);
  for (const char* text : {"", " 1", "1 ", "1x", "x", "+1", "1.0", "-", "0x1"}) {
    EXPECT_EQ(parse_number<int>(text), std::nullopt) << text;
  }
}

TEST(Number, HasTheRangeOfItsType) {
  EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
  EXPECT_EQ(parse_number<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(parse_number<std::int64_t>("-9223372036854775808"),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse_number<std::int64_t>("-9223372036854775809"), std::nullopt);
  EXPECT_EQ(parse_number<std::uint32_t>("-1"), std::nullopt);
  EXPECT_EQ(parse_number<std::uint32_t>("-0"), std::nullopt);
}

TEST(Number, IsInItsBase) {
  EXPECT_EQ(parse_number<std::uint32_t>("0755", 8), 0755U);
  EXPECT_EQ(parse_number<std::uint32_t>("8", 8), std::nullopt);
  EXPECT_EQ(parse_number<std::uint32_t>("fF", 16), 255U);
}

}  // namespace
}  // namespace umoci
