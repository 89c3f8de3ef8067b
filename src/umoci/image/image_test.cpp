// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/image.hpp>

#include <umoci_test/empty_layout.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>

#include <gtest/gtest.h>

#include <string>

namespace umoci::image {
namespace {

using test::ExampleImage;
using test::put_document;

class ImageTest : public test::EmptyLayoutTest {
 protected:
  Image open(const oci::Descriptor& target) {
    test::tag(layout_, "t", target);
    return Image::open(layout_, resolve(layout_, "t"));
  }
  /// A manifest whose configuration is any text of any type.
  oci::Descriptor put(std::string_view config_type, std::string_view config) {
    oci::Manifest manifest;
    manifest.config = put_document(layout_, config_type, config);
    return put_document(layout_, oci::media_type::manifest, manifest.dump());
  }
};

TEST_F(ImageTest, HasManifestAndConfiguration) {
  const Image image = open(ExampleImage().put(layout_));
  EXPECT_EQ(image.path.root().ref_name(), "t");
  EXPECT_EQ(image.manifest.layers.size(), 1U);
  EXPECT_EQ(image.config.architecture(), "amd64");
  EXPECT_NO_THROW(check_layers(image, {}));
}

TEST_F(ImageTest, DockersTypesDo) {
  oci::Manifest manifest;
  manifest.media_type = "application/vnd.docker.distribution.manifest.v2+json";
  manifest.config = put_document(layout_, "application/vnd.docker.container.image.v1+json",
                                 ExampleImage().config().dump());
  const Image image = open(put_document(layout_, manifest.media_type, manifest.dump()));
  EXPECT_EQ(image.config.os(), "linux");
}

TEST_F(ImageTest, AConfigurationWithoutARealTypeIsOneIfItLooksLikeOne) {
  const std::string config = ExampleImage().config().dump();
  EXPECT_EQ(open(put("application/octet-stream", config)).config.os(), "linux");
  EXPECT_ERROR(unsupported, "application/octet-stream",
               open(put("application/octet-stream", "PK\x03\x04")));
}

TEST_F(ImageTest, OtherThingsAreUnsupported) {
  EXPECT_ERROR(unsupported, "unsupported source type: \"text/plain\"",
               open(put_document(layout_, "text/plain", "x")));
  EXPECT_ERROR(unsupported, "unsupported source type", open(put(oci::media_type::empty, "{}")));
  EXPECT_ERROR(unsupported, "application/x", open(put("application/x", "{}")));
  // As a manifest it can be read all the same.
  test::tag(layout_, "artifact", put("application/x", "{}"));
  EXPECT_EQ(read_manifest(layout_, resolve(layout_, "artifact")).config.media_type,
            "application/x");
}

TEST_F(ImageTest, ArtifactsAreManifestsWithoutAConfiguration) {
  for (const char* type : {"application/x", "application/octet-stream"}) {
    test::tag(layout_, "t", put(type, "PK"));
    StoredManifest artifact = StoredManifest::open(layout_, resolve(layout_, "t"));
    EXPECT_EQ(artifact.manifest.config.media_type, type);
    EXPECT_FALSE(artifact.config.has_value());
    EXPECT_ERROR(unsupported, type, artifact.require_config());
  }
  test::tag(layout_, "t", ExampleImage().put(layout_));
  EXPECT_EQ(StoredManifest::open(layout_, resolve(layout_, "t")).require_config().os(), "linux");
}

TEST_F(ImageTest, DamageIsReported) {
  EXPECT_ERROR(invalid_data,
               "image configuration sha256:", open(put(oci::media_type::image_config, "[]")));
  EXPECT_ERROR(invalid_data,
               "manifest sha256:", open(put_document(layout_, oci::media_type::manifest, "{}")));
  oci::Descriptor missing = ExampleImage().put(layout_);
  missing.digest = digest::digest_of("missing");
  EXPECT_ERROR(not_found, missing.digest.text(), open(missing));
}

TEST_F(ImageTest, LayersAndDiffIdsMustMatch) {
  Image image = open(ExampleImage().put(layout_));
  image.manifest.layers.push_back(image.manifest.layers.front());
  EXPECT_ERROR(invalid_data, "manifest has 2 layers", check_layers(image, {}));
  image.config.append_diff_id(digest::digest_of("x"));
  EXPECT_NO_THROW(check_layers(image, {}));
  // D-36
  image.config.append_diff_id(digest::digest_of("y"));
  EXPECT_ERROR(invalid_data, "3 diff_ids", check_layers(image, {}));
}

TEST_F(ImageTest, OnlyRootFileSystemsOfLayersAreKnown) {
  const Image image = open(put(oci::media_type::image_config,
                               R"({"architecture":"amd64","os":"linux","rootfs":{"type":"x"}})"));
  EXPECT_ERROR(invalid_data, "\"x\"", check_layers(image, {}));
}

TEST_F(ImageTest, TheNumberOfLayersIsLimited) {
  const Image image = open(ExampleImage().put(layout_));
  Limits limits;
  limits.layers = 0;
  EXPECT_ERROR(limit_exceeded, "layers", check_layers(image, limits));
}

}  // namespace
}  // namespace umoci::image
