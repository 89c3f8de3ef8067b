// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/new_layer.hpp>

#include <umoci_test/empty_layout.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/run_program.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace umoci::image {
namespace {

using codec::Compression;

class NewLayerTest : public test::EmptyLayoutTest {
 protected:
  [[nodiscard]] std::string file_of(const NewLayer& layer) const {
    return layout_.path() / "blobs/sha256" / std::string(layer.descriptor.digest.encoded());
  }
  NewLayer write(Compression compression, std::string_view content) {
    return write_layer(layout_, compression,
                       [&](io::Sink& sink) { sink.write(io::as_bytes(content)); });
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(layout_.path())) {
      count += entry.is_directory() ? 0U : 1U;
    }
    return count;
  }
};

TEST_F(NewLayerTest, IsHashedOnBothSidesOfTheCompression) {
  std::string content;
  for (int i = 0; content.size() < 3'000'000; ++i) content += std::to_string(i) + "\n";
  struct Case {
    Compression compression;
    const char* program;
    const char* suffix;
  };
  for (const auto& [compression, program, suffix] :
       {Case{Compression::gzip, "gzip", "+gzip"}, Case{Compression::zstd, "zstd", "+zstd"}}) {
    if (!test::has_program(program)) GTEST_SKIP() << program << " is not installed";
    const NewLayer layer = write(compression, content);
    EXPECT_EQ(layer.diff_id, digest::digest_of(content));
    EXPECT_EQ(layer.descriptor.media_type,
              std::string("application/vnd.oci.image.layer.v1.tar") + suffix);
    const std::string stored = test::read_file(file_of(layer));
    EXPECT_EQ(layer.descriptor.digest, digest::digest_of(stored));
    EXPECT_EQ(layer.descriptor.size_bytes, static_cast<std::int64_t>(stored.size()));
    EXPECT_LT(stored.size(), content.size());
    EXPECT_EQ(layer.descriptor.annotations.at("ci.umo.uncompressed_blob_size"),
              std::to_string(content.size()));
    EXPECT_EQ(test::run_program({program, "-dc"}, stored).out, content);
  }
}

TEST_F(NewLayerTest, UncompressedBytesAreStoredAsTheyAre) {
  const NewLayer layer = write(Compression::none, "tar");
  EXPECT_EQ(test::read_file(file_of(layer)), "tar");
  EXPECT_EQ(layer.diff_id, layer.descriptor.digest);
  EXPECT_EQ(layer.descriptor.media_type, "application/vnd.oci.image.layer.v1.tar");
  EXPECT_TRUE(layer.descriptor.annotations.empty());
}

TEST_F(NewLayerTest, AnExceptionLeavesNoBlob) {
  const std::size_t before = files();
  EXPECT_ERROR(conflict, "mine", write_layer(layout_, Compression::gzip, [](io::Sink& sink) {
                 sink.write(io::as_bytes(std::string(5'000'000, 'x')));
                 throw Error(ErrorKind::conflict, "mine");
               }));
  EXPECT_EQ(files(), before);
}

TEST_F(NewLayerTest, TheBytesDoNotDependOnTheThreads) {
  const std::string content(5'000'000, 'x');
  const auto write_with = [&](unsigned jobs) {
    return write_layer(layout_, Compression::gzip,
                       [&](io::Sink& sink) { sink.write(io::as_bytes(content)); }, {.jobs = jobs})
        .descriptor.digest;
  };
  EXPECT_EQ(write_with(1), write_with(4));
}

TEST(PreferredCompression, IsThatOfTheTopmostCompressedLayer) {
  const auto preferred = [](std::initializer_list<const char*> types) {
    oci::Manifest manifest;
    for (const char* type : types) {
      manifest.layers.emplace_back();
      manifest.layers.back().media_type = type;
    }
    return preferred_compression(manifest);
  };
  constexpr const char* plain = "application/vnd.oci.image.layer.v1.tar";
  constexpr const char* gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
  constexpr const char* zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
  constexpr const char* docker = "application/vnd.docker.image.rootfs.diff.tar";
  EXPECT_EQ(preferred({}), Compression::gzip);
  EXPECT_EQ(preferred({plain}), Compression::gzip);
  EXPECT_EQ(preferred({gzip, zstd}), Compression::zstd);
  EXPECT_EQ(preferred({zstd, gzip}), Compression::gzip);
  EXPECT_EQ(preferred({zstd, plain, docker, "text/plain", "a/b+gzip"}), Compression::zstd);
  EXPECT_EQ(preferred({gzip, "application/vnd.docker.image.rootfs.diff.tar.zstd"}),
            Compression::zstd);
  EXPECT_EQ(preferred({zstd, "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"}),
            Compression::gzip);
}

}  // namespace
}  // namespace umoci::image
