// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/media_type.hpp>

#include <gtest/gtest.h>

namespace umoci::oci {
namespace {

TEST(MediaType, TellsDocumentsApart) {
  EXPECT_EQ(kind_of("application/vnd.oci.descriptor.v1+json"), DocumentKind::descriptor);
  EXPECT_EQ(kind_of("application/vnd.oci.image.index.v1+json"), DocumentKind::index);
  EXPECT_EQ(kind_of("application/vnd.oci.image.manifest.v1+json"), DocumentKind::manifest);
  EXPECT_EQ(kind_of("application/vnd.oci.image.config.v1+json"), DocumentKind::image_config);
  EXPECT_EQ(kind_of("application/vnd.oci.empty.v1+json"), DocumentKind::empty);
  EXPECT_EQ(kind_of("application/vnd.docker.distribution.manifest.list.v2+json"),
            DocumentKind::index);
  EXPECT_EQ(kind_of("application/vnd.docker.distribution.manifest.v2+json"),
            DocumentKind::manifest);
  EXPECT_EQ(kind_of("application/vnd.docker.container.image.v1+json"), DocumentKind::image_config);
  for (const char* other :
       {"", "application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws", "application/vnd.in-toto+json",
        "application/vnd.oci.image.index.v2+json", "application/vnd.oci.image.layer.v1.tarball",
        "application/vnd.oci.image.layer.v1.tar+", "text/plain"}) {
    EXPECT_EQ(kind_of(other), DocumentKind::other) << other;
  }
}

TEST(MediaType, IgnoresCaseAndParameters) {
  EXPECT_EQ(kind_of("Application/VND.oci.image.Manifest.v1+JSON ; charset=utf-8"),
            DocumentKind::manifest);
  EXPECT_EQ(layer_type_of("application/vnd.oci.image.layer.v1.tar+GZIP;x=y")->compression,
            LayerCompression::gzip);
}

TEST(MediaType, KnowsDocker) {
  EXPECT_TRUE(is_docker("application/vnd.docker.distribution.manifest.v2+json"));
  EXPECT_TRUE(is_docker("APPLICATION/vnd.docker.image.rootfs.diff.tar.gzip"));
  EXPECT_FALSE(is_docker("application/vnd.oci.image.manifest.v1+json"));
}

struct LayerCase {
  const char* media_type;
  LayerCompression compression;
  bool nondistributable;
};

class LayerTypes : public testing::TestWithParam<LayerCase> {};

TEST_P(LayerTypes, AreTakenApart) {
  const auto type = layer_type_of(GetParam().media_type);
  ASSERT_TRUE(type.has_value());
  EXPECT_EQ(type->compression, GetParam().compression);
  EXPECT_EQ(type->nondistributable, GetParam().nondistributable);
  EXPECT_EQ(kind_of(GetParam().media_type), DocumentKind::layer);
}

INSTANTIATE_TEST_SUITE_P(
    MediaType, LayerTypes,
    testing::Values(
        LayerCase{"application/vnd.oci.image.layer.v1.tar", LayerCompression::none, false},
        LayerCase{"application/vnd.oci.image.layer.v1.tar+gzip", LayerCompression::gzip, false},
        LayerCase{"application/vnd.oci.image.layer.v1.tar+zstd", LayerCompression::zstd, false},
        LayerCase{"application/vnd.oci.image.layer.nondistributable.v1.tar", LayerCompression::none,
                  true},
        LayerCase{"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                  LayerCompression::gzip, true},
        LayerCase{"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
                  LayerCompression::zstd, true},
        LayerCase{"application/vnd.docker.image.rootfs.diff.tar", LayerCompression::sniff, false},
        LayerCase{"application/vnd.docker.image.rootfs.diff.tar.gzip", LayerCompression::gzip,
                  false},
        LayerCase{"application/vnd.docker.image.rootfs.diff.tar.zstd", LayerCompression::zstd,
                  false},
        LayerCase{"application/vnd.docker.image.rootfs.foreign.diff.tar", LayerCompression::sniff,
                  true},
        LayerCase{"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                  LayerCompression::gzip, true}));

TEST(MediaType, UnknownCompressionIsALayerNobodyCanRead) {
  for (const char* type : {"application/vnd.oci.image.layer.v1.tar+lz4",
                           "application/vnd.oci.image.layer.v1.tar+gzip+x",
                           "application/vnd.docker.image.rootfs.diff.tar.xz"}) {
    EXPECT_EQ(kind_of(type), DocumentKind::layer) << type;
    EXPECT_FALSE(layer_type_of(type).has_value()) << type;
  }
  EXPECT_FALSE(layer_type_of("application/vnd.oci.image.layer.v1.tar.gzip").has_value());
  EXPECT_FALSE(layer_type_of("application/vnd.oci.image.config.v1+json").has_value());
}

TEST(MediaType, NamesLayers) {
  EXPECT_EQ(layer_media_type(LayerCompression::none), "application/vnd.oci.image.layer.v1.tar");
  EXPECT_EQ(layer_media_type(LayerCompression::gzip),
            "application/vnd.oci.image.layer.v1.tar+gzip");
  EXPECT_EQ(layer_media_type(LayerCompression::zstd),
            "application/vnd.oci.image.layer.v1.tar+zstd");
}

}  // namespace
}  // namespace umoci::oci
