// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/remove_platform.hpp>

#include <umoci/image/resolve.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/store/ref_name.hpp>
#include <umoci_test/empty_layout.hpp>
#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace umoci::image {
namespace {

using test::ExampleImage;
using test::put_index;
using testing::ElementsAre;
using testing::IsEmpty;

class RemovePlatformTest : public test::EmptyLayoutTest {
 protected:
  /// An image of its own for each content.
  oci::Descriptor image(const std::string& content, const char* platform = nullptr) {
    oci::Descriptor descriptor = ExampleImage{.layer = content}.put(layout_);
    if (platform != nullptr) descriptor.platform = oci::parse_platform(platform);
    return descriptor;
  }
  void tag(const oci::Descriptor& target) { test::tag(layout_, "t", target); }
  std::size_t remove(const char* platform) {
    return remove_platform(layout_, "t", oci::parse_platform(platform));
  }
  /// The platforms that the tag still has, in document order.
  std::vector<std::string> left() {
    std::vector<std::string> names;
    for (const auto& path : find_targets(layout_, Reference{.ref_name = "t"})) {
      const auto& platform = path.target().platform;
      names.push_back(platform ? oci::platform_name(*platform) : "unknown");
    }
    return names;
  }
  std::size_t entries() { return store::find_ref(layout_.read_index(), "t").size(); }
};

TEST_F(RemovePlatformTest, TheOthersStay) {
  tag(put_index(layout_,
                {image("a", "linux/mips"), image("b", "plan9/arm/v6"), image("c", "linux/s390x")}));
  EXPECT_EQ(remove("plan9/arm/v6"), 1U);
  EXPECT_THAT(left(), ElementsAre("linux/mips", "linux/s390x"));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(RemovePlatformTest, WhatRunsThereAllTheSameStays) {
  tag(put_index(layout_, {image("a", "linux/mips"), image("b", "linux/arm/v6")}));
  const std::string before = layout_.read_index().dump();
  EXPECT_EQ(remove("linux/arm/v7"), 0U);
  EXPECT_EQ(remove("linux/arm"), 0U);
  EXPECT_EQ(layout_.read_index().dump(), before);
  EXPECT_EQ(remove("linux/arm/v6"), 1U);
  EXPECT_THAT(left(), ElementsAre("linux/mips"));
}

TEST_F(RemovePlatformTest, AnImageForSeveralIsLeftToTheOthers) {
  tag(put_index(layout_, {image("a", "linux/mips"), image("a", "linux/s390x")}));
  EXPECT_EQ(remove("linux/mips"), 1U);
  EXPECT_THAT(left(), ElementsAre("linux/s390x"));
}

TEST_F(RemovePlatformTest, AllOfOnePlatformGo) {
  tag(put_index(layout_,
                {image("a", "linux/mips"), image("b", "linux/s390x"), image("c", "linux/mips")}));
  EXPECT_EQ(remove("linux/mips"), 2U);
  EXPECT_THAT(left(), ElementsAre("linux/s390x"));
}

TEST_F(RemovePlatformTest, NestedIndexesGoWithTheirLastImage) {
  const oci::Descriptor only = put_index(layout_, {image("a", "linux/mips")});
  const oci::Descriptor both =
      put_index(layout_, {image("a", "linux/mips"), image("b", "linux/s390x")});
  tag(put_index(layout_, {only, both, image("c", "plan9/arm")}));
  EXPECT_EQ(remove("linux/mips"), 1U);
  EXPECT_THAT(left(), ElementsAre("linux/s390x", "plan9/arm"));
  const DescriptorPath path =
      resolve(layout_, {.ref_name = "t", .platform = oci::parse_platform("linux/s390x")});
  EXPECT_EQ(path.walk.size(), 3U);
}

TEST_F(RemovePlatformTest, TheNameGoesWithTheLastImage) {
  tag(put_index(layout_, {image("a", "linux/mips")}));
  EXPECT_EQ(remove("linux/mips"), 1U);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(RemovePlatformTest, AnImageWithoutIndexIsAskedItself) {
  tag(image("a"));
  EXPECT_EQ(remove("plan9/mips"), 0U);
  EXPECT_EQ(entries(), 1U);
  EXPECT_EQ(remove("linux/amd64"), 1U);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(RemovePlatformTest, OtherNamesOfTheIndexKeepIt) {
  const oci::Descriptor index =
      put_index(layout_, {image("a", "linux/mips"), image("b", "linux/s390x")});
  tag(index);
  test::tag(layout_, "other", index);
  EXPECT_EQ(remove("linux/mips"), 1U);
  EXPECT_EQ(find_targets(layout_, Reference{.ref_name = "other"}).size(), 2U);
  EXPECT_EQ(left().size(), 1U);
}

TEST_F(RemovePlatformTest, AnAbsentNameHasNoImage) {
  EXPECT_EQ(remove("linux/mips"), 0U);
  EXPECT_THAT(left(), IsEmpty());
}

}  // namespace
}  // namespace umoci::image
