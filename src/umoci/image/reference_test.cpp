// SPDX-License-Identifier: Apache-2.0

// Images of tags that stand for several platforms, and images by digest.

#include <umoci/image/resolve.hpp>

#include <umoci/oci/platform_name.hpp>
#include <umoci_test/empty_layout.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace umoci::image {
namespace {

using test::ExampleImage;
using test::put_document;
using test::put_index;

class ReferenceTest : public test::EmptyLayoutTest {
 protected:
  static oci::Descriptor for_platform(oci::Descriptor descriptor, std::string_view platform) {
    descriptor.platform = oci::parse_platform(platform);
    return descriptor;
  }
  oci::Descriptor put(std::string layer) {
    return ExampleImage{.layer = std::move(layer)}.put(layout_);
  }
  void tag(std::string_view name, const oci::Descriptor& target) {
    test::tag(layout_, name, target);
  }

  static Reference on(std::string_view platform, std::string ref_name = "t") {
    return {.ref_name = std::move(ref_name), .platform = oci::parse_platform(platform)};
  }
  static Reference by(const digest::Digest& digest) { return {.ref_name = "", .digest = digest}; }
  digest::Digest target(const Reference& reference) {
    return resolve(layout_, reference).target().digest;
  }
  void remove_blob(const digest::Digest& digest) {
    std::filesystem::remove(directory_ / ("layout/blobs/sha256/" + std::string(digest.encoded())));
  }
};

std::string here() { return oci::platform_name(oci::host_platform()); }

TEST_F(ReferenceTest, APlatformChoosesAmongSeveral) {
  const auto s390 = for_platform(put("s390"), "linux/s390x");
  const auto v6 = for_platform(put("v6"), "linux/arm/v6");
  const auto v7 = for_platform(put("v7"), "linux/arm/v7");
  tag("t", put_index(layout_, {s390, v6, put_index(layout_, {v7})}));
  EXPECT_EQ(target(on("linux/s390x")), s390.digest);
  EXPECT_EQ(target(on("linux/arm/v6")), v6.digest);
  EXPECT_EQ(target(on("linux/arm")), v7.digest);
  EXPECT_EQ(resolve(layout_, on("linux/arm")).walk.size(), 3U);
  EXPECT_ERROR(not_found,
               "no image for platform \"linux/mips\" in tag \"t\" "
               "(linux/s390x, linux/arm/v6, linux/arm/v7)",
               resolve(layout_, on("linux/mips")));
}

TEST_F(ReferenceTest, ThisMachineIsTheDefault) {
  const auto other = for_platform(put("other"), "plan9/mips");
  const auto mine = for_platform(put("mine"), here());
  tag("t", put_index(layout_, {other, mine}));
  EXPECT_EQ(target({.ref_name = "t"}), mine.digest);
  tag("t", put_index(layout_, {other, mine, for_platform(put("more"), here())}));
  EXPECT_ERROR(invalid_argument, "tag is ambiguous: \"t\" (plan9/mips, " + here() + ", " + here(),
               resolve(layout_, "t"));
  EXPECT_ERROR(invalid_argument, "tag is ambiguous", resolve(layout_, on(here())));
}

TEST_F(ReferenceTest, ALonelyImageIsTakenWhateverItIsForUnlessAnotherIsWanted) {
  tag("t", for_platform(put("other"), "plan9/mips"));
  EXPECT_NO_THROW(resolve(layout_, "t"));
  EXPECT_NO_THROW(resolve(layout_, on("plan9/mips")));
  EXPECT_ERROR(not_found, "no image for platform", resolve(layout_, on("linux/amd64")));
  EXPECT_ERROR(not_found, "tag not found: \"u\"", resolve(layout_, on("linux/amd64", "u")));
}

TEST_F(ReferenceTest, ConfigurationsTellThePlatformIfDescriptorsDoNot) {
  const auto arm =
      ExampleImage{.layer = "arm", .architecture = "arm", .variant = "v6"}.put(layout_);
  const auto s390 = ExampleImage{.layer = "s390", .architecture = "s390x"}.put(layout_);
  oci::Descriptor gone;
  gone.media_type = oci::media_type::manifest;
  gone.digest = digest::digest_of("gone");
  tag("t", put_index(layout_, {arm, gone, s390}));
  EXPECT_EQ(target(on("linux/arm/v7")), arm.digest);
  EXPECT_EQ(target(on("linux/s390x")), s390.digest);
}

TEST_F(ReferenceTest, OneImageMayServeSeveralPlatforms) {
  const auto image = put("any");
  tag("t",
      put_index(layout_, {for_platform(image, "linux/mips"), for_platform(image, "linux/ppc")}));
  EXPECT_EQ(target({.ref_name = "t"}), image.digest);
  EXPECT_EQ(target(on("linux/ppc")), image.digest);
  EXPECT_EQ(resolve(layout_, on("linux/ppc")).target().platform->architecture, "ppc");
}

TEST_F(ReferenceTest, AnImageForSeveralPlatformsIsThatOfThisMachineToo) {
  const auto any = put("any");
  const auto other = for_platform(put("other"), "plan9/mips");
  const auto first = for_platform(any, "plan9/ppc");
  const auto mine = for_platform(any, here());
  tag("t", put_index(layout_, {first, other, mine}));
  const DescriptorPath path = resolve(layout_, "t");
  EXPECT_EQ(path.target().digest, any.digest);
  EXPECT_EQ(oci::platform_name(*path.target().platform), here());
  // Twice for this machine is one image all the same; a second image is not.
  tag("t", put_index(layout_, {first, other, mine, put_index(layout_, {other, mine})}));
  EXPECT_EQ(target({.ref_name = "t"}), any.digest);
  tag("t", put_index(layout_, {first, mine, for_platform(put("more"), here())}));
  EXPECT_ERROR(invalid_argument, "tag is ambiguous", resolve(layout_, "t"));
}

TEST_F(ReferenceTest, ATagOfATagIsItsRootOrTheOneTarget) {
  const auto mine = for_platform(put("mine"), here());
  const auto other = for_platform(put("other"), "plan9/mips");
  const auto both = put_index(layout_, {mine, other});
  tag("both", both);
  const auto one = put_index(layout_, {other});
  tag("one", one);
  const auto root = [&](const Reference& reference) {
    return resolve_for_tag(layout_, reference, TagTarget::root).digest;
  };
  const auto manifest = [&](const Reference& reference) {
    return resolve_for_tag(layout_, reference, TagTarget::manifest).digest;
  };
  EXPECT_EQ(root({.ref_name = "both"}), both.digest);
  EXPECT_EQ(root({.ref_name = "one"}), one.digest);
  EXPECT_EQ(root(on("plan9/mips", "both")), other.digest);
  EXPECT_EQ(root(by(both.digest)), both.digest);
  EXPECT_ERROR(not_found, "tag not found", root({.ref_name = "none"}));
  EXPECT_EQ(manifest({.ref_name = "both"}), mine.digest);
  EXPECT_EQ(manifest({.ref_name = "one"}), other.digest);
  EXPECT_EQ(manifest(on("plan9/mips", "both")), other.digest);
  layout_.update_index([](oci::Index& index) {
    for (auto& entry : index.manifests)
      entry.annotations["org.opencontainers.image.ref.name"] = "x";
  });
  EXPECT_ERROR(invalid_argument, "tag is ambiguous", root({.ref_name = "x"}));
}

TEST_F(ReferenceTest, ADigestNamesManifestsAndIndexesAtAnyDepth) {
  const auto image = for_platform(put("image"), "linux/mips");
  const auto inner = put_index(layout_, {image});
  const auto outer = put_index(layout_, {inner});
  tag("t", outer);
  for (const auto& named : {image, inner, outer}) EXPECT_EQ(target(by(named.digest)), image.digest);
  const DescriptorPath path = resolve(layout_, by(image.digest));
  EXPECT_EQ(path.walk.size(), 1U);
  EXPECT_EQ(path.root().platform->architecture, "mips");
  EXPECT_EQ(resolve(layout_, by(outer.digest)).root().ref_name(), std::nullopt);
}

TEST_F(ReferenceTest, ADigestNamesWhatNothingRefersTo) {
  const auto image = put("image");
  const auto index = put_index(layout_, {image});
  oci::Manifest plain;
  plain.config =
      put_document(layout_, oci::media_type::image_config, ExampleImage().config().dump());
  const auto untyped = put_document(layout_, "", plain.dump());
  const DescriptorPath path = resolve(layout_, by(image.digest));
  EXPECT_EQ(path.target().media_type, oci::media_type::manifest);
  EXPECT_EQ(path.target().size_bytes, image.size_bytes);
  EXPECT_EQ(target(by(index.digest)), image.digest);
  EXPECT_EQ(target(by(untyped.digest)), untyped.digest);
}

TEST_F(ReferenceTest, ADigestOfSomethingElseIsRefused) {
  tag("t", put("image"));
  EXPECT_ERROR(not_found, "no image has the digest",
               resolve(layout_, by(digest::digest_of("none"))));
  const auto text = put_document(layout_, "text/plain", "hello");
  EXPECT_ERROR(invalid_data, "", resolve(layout_, by(text.digest)));
  const auto config =
      put_document(layout_, oci::media_type::image_config, ExampleImage().config().dump());
  EXPECT_ERROR(invalid_data, "neither manifest nor index", resolve(layout_, by(config.digest)));
  EXPECT_ERROR(invalid_data, "", resolve(layout_, by(digest::Digest("sha256:../../x"))));
  const auto damaged = put("damaged");
  test::write_file(directory_ / ("layout/blobs/sha256/" + std::string(damaged.digest.encoded())),
                   "{}");
  EXPECT_ERROR(corrupt, damaged.digest.text(), resolve(layout_, by(damaged.digest)));
}

TEST_F(ReferenceTest, ADigestIsFoundBesideWhatTheLayoutLacks) {
  const auto gone = put_index(layout_, {});
  const auto image = put("image");
  tag("broken", gone);
  tag("t", put_index(layout_, {image}));
  remove_blob(gone.digest);
  EXPECT_EQ(target(by(image.digest)), image.digest);
}

}  // namespace
}  // namespace umoci::image
