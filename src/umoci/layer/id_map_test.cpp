// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/id_map.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

namespace umoci::layer {
namespace {

using tree::IdMapping;

constexpr std::uint32_t max = 4294967295;

TEST(IdMap, ParsesRanges) {
  EXPECT_EQ(parse_id_mapping("0:1000"), (IdMapping{0, 1000, 1}));
  EXPECT_EQ(parse_id_mapping("1:100000:65536"), (IdMapping{1, 100000, 65536}));
  EXPECT_EQ(parse_id_mapping("0:0:4294967295"), (IdMapping{0, 0, max}));
  EXPECT_EQ(parse_id_mapping("4294967295:0:1"), (IdMapping{max, 0, 1}));
}

TEST(IdMap, RejectsWhatIsNoRange) {
  for (const std::string_view text : {"",
                                      "0",
                                      "0:",
                                      ":0",
                                      "0:0:",
                                      "0:0:1:",
                                      "0:0:1:1",
                                      "a:0",
                                      "0:b:1",
                                      "0:0:c",
                                      "-1:0:1",
                                      "+1:0:1",
                                      " 0:0:1",
                                      "0:0:1 ",
                                      "0x0:0:1",
                                      "0:0:0",
                                      "4294967296:0:1",
                                      "0:4294967296:1",
                                      "0:0:4294967296",
                                      "4294967295:0:2",
                                      "0:4294967295:2",
                                      "1:0:4294967295:0",
                                      "2:0:4294967295"}) {
    EXPECT_THROW(static_cast<void>(parse_id_mapping(text)), Error) << text;
  }
}

TEST(IdMap, WithoutRangesIsTheIdentity) {
  const IdMap map;
  EXPECT_TRUE(map.is_identity());
  EXPECT_EQ(map.to_host(0), 0U);
  EXPECT_EQ(map.to_container(4294967294), 4294967294U);
  EXPECT_EQ(map.find_host(max), std::nullopt);
  EXPECT_EQ(map.find_container(max), std::nullopt);
}

TEST(IdMap, TranslatesBothWays) {
  const IdMap map({{0, 1000, 1}, {1, 100000, 65536}, {4294967290, 7, 2}});
  EXPECT_EQ(map.to_host(0), 1000U);
  EXPECT_EQ(map.to_host(1), 100000U);
  EXPECT_EQ(map.to_host(65536), 165535U);
  EXPECT_EQ(map.find_host(65537), std::nullopt);
  EXPECT_EQ(map.to_host(4294967291), 8U);
  EXPECT_EQ(map.to_container(1000), 0U);
  EXPECT_EQ(map.to_container(165535), 65536U);
  EXPECT_EQ(map.find_container(0), std::nullopt);
  EXPECT_EQ(map.find_container(165536), std::nullopt);
  EXPECT_EQ(map.to_container(8), 4294967291U);
}

TEST(IdMap, ReachesUpToTheLastId) {
  const IdMap map({{1, 1, max}});
  EXPECT_EQ(map.find_host(0), std::nullopt);
  EXPECT_EQ(map.to_host(4294967294), 4294967294U);
  EXPECT_EQ(map.find_host(max), std::nullopt);
  EXPECT_EQ(IdMap({{0, 4294967294, 2}}).find_host(1), std::nullopt);
}

TEST(IdMap, SaysWhichIdCannotBeMapped) {
  const IdMap map({{0, 1000, 1}});
  try {
    static_cast<void>(map.to_host(5));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
    EXPECT_EQ(error.message(), "container id 5 cannot be mapped to the host");
  }
  try {
    static_cast<void>(map.to_container(5));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "host id 5 cannot be mapped to the container");
  }
}

TEST(IdMap, RejectsRangesThatAreEmptyTooLongOrOverlap) {
  EXPECT_THROW(IdMap({{0, 0, 0}}), Error);
  EXPECT_THROW(IdMap({{2, 0, max}}), Error);
  EXPECT_THROW(IdMap({{0, 2, max}}), Error);
  EXPECT_THROW(IdMap({{0, 0, 10}, {9, 100, 1}}), Error);
  EXPECT_THROW(IdMap({{0, 0, 10}, {10, 9, 1}}), Error);
  EXPECT_THROW(IdMap({{5, 5, 1}, {0, 0, max}}), Error);
  EXPECT_NO_THROW(IdMap({{0, 0, 10}, {10, 10, 10}}));
}

}  // namespace
}  // namespace umoci::layer
