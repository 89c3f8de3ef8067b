// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/content_digests.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

namespace umoci::layer {
namespace {

constexpr std::string_view one = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
constexpr std::string_view two = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(ContentDigests, FindsTheLastOneRecorded) {
  ContentDigests digests;
  EXPECT_EQ(digests.find({1, 2}), std::nullopt);
  digests.record({1, 2}, one);
  digests.record({2, 1}, two);
  EXPECT_EQ(digests.find({1, 2}), one);
  EXPECT_EQ(digests.find({2, 1}), two);
  digests.record({1, 2}, two);
  EXPECT_EQ(digests.find({1, 2}), two);
  EXPECT_EQ(digests.size(), 2U);
}

TEST(ContentDigests, RefusesWhatIsNoDigest) {
  ContentDigests digests;
  EXPECT_THROW(digests.record({1, 2}, "abc"), Error);
  EXPECT_THROW(digests.record({1, 2}, std::string(64, 'g')), Error);
  EXPECT_THROW(digests.record({1, 2}, std::string(64, 'A')), Error);
  EXPECT_EQ(digests.size(), 0U);
}

}  // namespace
}  // namespace umoci::layer
