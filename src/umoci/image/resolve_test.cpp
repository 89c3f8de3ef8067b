// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/resolve.hpp>

#include <umoci_test/empty_layout.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/run_program.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace umoci::image {
namespace {

using test::ExampleImage;
using test::put_document;
using test::put_index;
using testing::ElementsAre;
using testing::IsEmpty;

class ResolveTest : public test::EmptyLayoutTest {
 protected:
  void tag(std::string_view name, const oci::Descriptor& target) {
    test::tag(layout_, name, target);
  }
  /// Media types on the way, target last, shortened to their first words.
  static std::vector<std::string> digests(const DescriptorPath& path) {
    std::vector<std::string> texts;
    texts.reserve(path.walk.size());
    for (const auto& step : path.walk) texts.push_back(step.digest.text());
    return texts;
  }
  static oci::Descriptor with_platform(oci::Descriptor descriptor, const char* architecture,
                                       const char* variant = "") {
    descriptor.platform = oci::Platform();
    descriptor.platform->os = "linux";
    descriptor.platform->architecture = architecture;
    descriptor.platform->variant = variant;
    return descriptor;
  }
};

TEST_F(ResolveTest, ATagLeadsToItsManifest) {
  oci::Descriptor image = ExampleImage().put(layout_);
  tag("t", image);
  tag("u", ExampleImage{.layer = "other"}.put(layout_));
  const DescriptorPath path = resolve(layout_, "t");
  ASSERT_EQ(path.walk.size(), 1U);
  EXPECT_EQ(path.target().digest, image.digest);
  EXPECT_EQ(path.root().ref_name(), "t");
}

TEST_F(ResolveTest, NamesAreComparedByteByByte) {
  tag("t", ExampleImage().put(layout_));
  for (const char* name : {"T", "", "t ", "tt"}) {
    EXPECT_ERROR(not_found, "tag not found: \"" + std::string(name) + '"', resolve(layout_, name));
  }
}

TEST_F(ResolveTest, NamesDeeperDownDoNotCount) {
  oci::Descriptor image = ExampleImage().put(layout_);
  image.annotations.emplace(oci::ref_name_annotation, "inner");
  tag("outer", put_index(layout_, {image}));
  EXPECT_ERROR(not_found, "tag not found", resolve(layout_, "inner"));
  EXPECT_EQ(resolve(layout_, "outer").target().digest, image.digest);
}

TEST_F(ResolveTest, IndexesAndDescriptorDocumentsAreDescended) {
  const auto image = ExampleImage().put(layout_);
  const auto pointer = put_document(layout_, oci::media_type::descriptor, image.to_json().dump());
  const auto inner = put_index(layout_, {pointer});
  const auto outer = put_index(layout_, {inner});
  tag("t", outer);
  EXPECT_THAT(digests(resolve(layout_, "t")),
              ElementsAre(outer.digest.text(), inner.digest.text(), pointer.digest.text(),
                          image.digest.text()));
}

// D-12: at every level a sibling comes after the way that was found.
TEST_F(ResolveTest, PathsAreNotDisturbedBySiblings) {
  const auto image = ExampleImage().put(layout_);
  const auto empty = put_index(layout_, {});
  std::vector<std::string> expected{image.digest.text()};
  oci::Descriptor tree = image;
  for (int level = 0; level < 8; ++level) {
    tree = put_index(layout_, {empty, tree, empty});
    expected.insert(expected.begin(), tree.digest.text());
  }
  tag("t", tree);
  EXPECT_EQ(digests(resolve(layout_, "t")), expected);
}

// D-14
TEST_F(ResolveTest, SubjectsAreNoTargets) {
  oci::Index index;
  index.manifests = {ExampleImage().put(layout_)};
  index.subject = ExampleImage{.layer = "other"}.put(layout_);
  tag("t", put_document(layout_, oci::media_type::index, index.dump()));
  EXPECT_EQ(resolve(layout_, "t").target().digest, index.manifests[0].digest);
}

TEST_F(ResolveTest, EqualTargetsCountOnce) {
  const auto image = ExampleImage().put(layout_);
  tag("t", put_index(layout_, {image, put_index(layout_, {image}), image}));
  EXPECT_EQ(resolve(layout_, "t").walk.size(), 2U);
  layout_.update_index([](oci::Index& index) {
    oci::Descriptor copy = index.manifests.at(0);
    copy.annotations.emplace("other", "annotation");
    index.manifests.push_back(copy);
  });
  EXPECT_EQ(resolve(layout_, "t").target().digest, image.digest);
}

TEST_F(ResolveTest, SeveralTargetsAreAmbiguousAndListed) {
  // None of this machine.
  const auto alpha = with_platform(ExampleImage{.layer = "alpha"}.put(layout_), "alpha", "v8");
  const auto vax = with_platform(ExampleImage().put(layout_), "vax");
  const auto plain = ExampleImage{.layer = "plain", .architecture = "pdp11"}.put(layout_);
  tag("t", put_index(layout_, {alpha, vax, plain}));
  EXPECT_EQ(find_targets(layout_, {.ref_name = "t"}).size(), 3U);
  EXPECT_ERROR(invalid_argument,
               "tag is ambiguous: \"t\" (linux/alpha/v8, linux/vax, "
               "\"application/vnd.oci.image.manifest.v1+json\" \"" +
                   plain.digest.text() + "\")",
               resolve(layout_, "t"));
}

TEST_F(ResolveTest, AListOfHundredsIsCutShort) {
  std::vector<oci::Descriptor> images;
  for (int i = 0; i < 300; ++i) {
    oci::Descriptor image;
    image.media_type = oci::media_type::manifest;
    image.digest = digest::digest_of(std::to_string(i));
    images.push_back(with_platform(image, "mips\n"));
  }
  tag("t", put_index(layout_, images));
  EXPECT_ERROR(invalid_argument, "linux/mips\\x0a and 280 more)", resolve(layout_, "t"));
}

TEST_F(ResolveTest, WhatIsNoIndexIsATarget) {
  // Not opened: there is no such blob.
  for (const char* type : {"application/vnd.oci.image.manifest.v1+json",
                           "application/vnd.docker.distribution.manifest.v2+json",
                           "application/vnd.oci.image.layer.v1.tar+gzip", "text/plain", ""}) {
    oci::Descriptor target;
    target.media_type = type;
    target.digest = digest::digest_of(type);
    tag("t", target);
    EXPECT_EQ(resolve(layout_, "t").target().media_type, type);
  }
}

TEST_F(ResolveTest, ConfigurationsAndEmptyDocumentsAreNone) {
  for (const std::string_view type : {oci::media_type::image_config, oci::media_type::empty}) {
    tag("t", put_index(layout_, {put_document(layout_, type, "{}")}));
    EXPECT_ERROR(not_found, "tag not found", resolve(layout_, "t"));
  }
  tag("t", put_index(layout_, {}));
  EXPECT_ERROR(not_found, "tag not found", resolve(layout_, "t"));
}

TEST_F(ResolveTest, DockersListsAreIndexes) {
  oci::Index list;
  list.media_type = "application/vnd.docker.distribution.manifest.list.v2+json";
  list.manifests = {ExampleImage().put(layout_)};
  tag("t", put_document(layout_, list.media_type, list.dump()));
  EXPECT_EQ(resolve(layout_, "t").walk.size(), 2U);
}

TEST_F(ResolveTest, DamageOnTheWayIsReported) {
  const auto index = put_index(layout_, {ExampleImage().put(layout_)});
  tag("t", put_index(layout_, {index}));
  const auto file = directory_ / ("layout/blobs/sha256/" + std::string(index.digest.encoded()));
  test::write_file(file, std::string(static_cast<std::size_t>(index.size_bytes), 'x'));
  EXPECT_ERROR(corrupt, index.digest.text(), resolve(layout_, "t"));
  std::filesystem::remove(file);
  EXPECT_ERROR(not_found, "blob not found", resolve(layout_, "t"));
}

// D-11: 2^60 ways lead to one image.
TEST_F(ResolveTest, SharedTreesTakeNoTime) {
  oci::Descriptor tree = ExampleImage().put(layout_);
  for (int level = 0; level < 60; ++level) tree = put_index(layout_, {tree, tree});
  tag("t", tree);
  EXPECT_EQ(resolve(layout_, "t").walk.size(), 61U);
}

TEST_F(ResolveTest, DepthIsLimited) {
  oci::Descriptor tree = ExampleImage().put(layout_);
  for (int level = 0; level < 64; ++level) tree = put_index(layout_, {tree});
  tag("t", tree);
  EXPECT_EQ(resolve(layout_, "t").walk.size(), 65U);
  tag("t", put_index(layout_, {tree}));
  EXPECT_ERROR(limit_exceeded, "index_depth", resolve(layout_, "t"));
}

TEST_F(ResolveTest, TheNumberOfDescriptorsIsLimited) {
  const auto image = ExampleImage().put(layout_);
  tag("t", put_index(layout_, std::vector<oci::Descriptor>(100, image)));
  store::LayoutOptions options;
  options.limits.graph_nodes = 101;
  EXPECT_NO_THROW(resolve(store::Layout::open(layout_.path(), options), "t"));
  options.limits.graph_nodes = 100;
  EXPECT_ERROR(limit_exceeded, "graph_nodes",
               resolve(store::Layout::open(layout_.path(), options), "t"));
}

TEST_F(ResolveTest, FindsNothingUnderANameThatIsNotThere) {
  EXPECT_THAT(find_targets(layout_, {.ref_name = "t"}), IsEmpty());
}

TEST_F(ResolveTest, LayoutsOfOtherProgramsResolve) {
  if (!test::has_program("umoci") || !test::has_program("skopeo")) {
    GTEST_SKIP() << "umoci or skopeo is not installed";
  }
  const std::string theirs = directory_ / "theirs";
  const std::string copied = directory_ / "copied";
  ASSERT_EQ(test::run_program({"umoci", "init", "--layout", theirs}).status, 0);
  ASSERT_EQ(test::run_program({"umoci", "new", "--image", theirs + ":a"}).status, 0);
  const auto copy = test::run_program(
      {"skopeo", "--insecure-policy", "copy", "oci:" + theirs + ":a", "oci:" + copied + ":b"});
  ASSERT_EQ(copy.status, 0) << copy.err;
  const auto original = resolve(store::Layout::open(theirs), "a");
  EXPECT_EQ(original.walk.size(), 1U);
  EXPECT_EQ(resolve(store::Layout::open(copied), "b").target().digest, original.target().digest);
}

}  // namespace
}  // namespace umoci::image
