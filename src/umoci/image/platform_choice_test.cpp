// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/platform_choice.hpp>

#include <umoci/oci/platform_name.hpp>

#include <gtest/gtest.h>

namespace umoci::image {
namespace {

std::optional<unsigned> distance(std::string_view wanted, std::string_view offered) {
  return platform_distance(oci::parse_platform(wanted), oci::parse_platform(offered));
}

TEST(PlatformDistance, IsNothingForTheSame) {
  EXPECT_EQ(distance("linux/amd64", "linux/amd64"), 0U);
  EXPECT_EQ(distance("linux/arm/v6", "linux/arm/v6"), 0U);
  EXPECT_EQ(distance("plan9/mips/x", "plan9/mips/x"), 0U);
}

TEST(PlatformDistance, KnowsTheUsualVariants) {
  EXPECT_EQ(distance("linux/arm64", "linux/arm64/v8"), 0U);
  EXPECT_EQ(distance("linux/arm64/v8", "linux/arm64"), 0U);
  EXPECT_EQ(distance("linux/arm", "linux/arm/v7"), 0U);
  EXPECT_EQ(distance("linux/amd64/v1", "linux/amd64"), 0U);
}

TEST(PlatformDistance, DoesNotExistBetweenSystemsAndProcessors) {
  EXPECT_EQ(distance("linux/amd64", "windows/amd64"), std::nullopt);
  EXPECT_EQ(distance("linux/amd64", "linux/386"), std::nullopt);
  EXPECT_EQ(distance("linux/arm64/v8", "linux/arm64/v9"), std::nullopt);
}

TEST(PlatformDistance, PrefersTheNewestArmThatRuns) {
  EXPECT_EQ(distance("linux/arm/v7", "linux/arm/v6"), 1U);
  EXPECT_EQ(distance("linux/arm/v7", "linux/arm/v5"), 2U);
  EXPECT_EQ(distance("linux/arm/v6", "linux/arm/v7"), std::nullopt);
  EXPECT_EQ(distance("linux/arm/v7", "linux/arm/vx"), std::nullopt);
}

TEST(PlatformDistance, TakesAnyVariantIfNoneIsWanted) {
  EXPECT_GT(distance("linux/arm", "linux/arm/v8"), distance("linux/arm", "linux/arm/v5"));
  EXPECT_TRUE(distance("linux/amd64", "linux/amd64/v3").has_value());
  EXPECT_TRUE(distance("linux/mips", "linux/mips/softfloat").has_value());
}

}  // namespace
}  // namespace umoci::image
