// SPDX-License-Identifier: Apache-2.0

// umoci raw add-layer.

#include <umoci_test/command_line.hpp>

#include <umoci_test/run_program.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class AddLayerTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout();
    // One file, as python3's own tar writer puts it, in 10 KiB records.
    if (!test::has_program("python3")) GTEST_SKIP() << "needs python3";
    const auto made = test::run_program({"python3", "-c", R"(
import io, sys, tarfile
with tarfile.open(sys.argv[1], "w") as archive:
    entry = tarfile.TarInfo("file")
    entry.size = 100000
    archive.addfile(entry, io.BytesIO(bytes(100000)))
)",
                                         path("layer.tar")});
    ASSERT_EQ(made.status, 0) << made.err;
    digest_ = "sha256:" + hash_of(path("layer.tar"));
  }

  static std::string hash_of(const std::string& file) {
    return test::run_program({"sha256sum", file}).out.substr(0, 64);
  }
  std::string diff_ids(std::string_view tag = "latest") {
    return config_member("rootfs.diff_ids", tag);
  }
  oci::Descriptor top_layer(std::string_view tag = "latest") {
    const auto manifest = oci::Json::parse(manifest_text(tag));
    return oci::Descriptor::from_json(manifest.find("layers")->if_array()->back());
  }
  std::string blob_of(const oci::Descriptor& descriptor) const {
    return path("layout/blobs/sha256/" + descriptor.digest.text().substr(7));
  }

  std::string digest_;
};

TEST_F(AddLayerTest, adds_the_very_bytes) {
  run_well({"raw", "add-layer", "--image", image(), "--compress=none", path("layer.tar")});
  EXPECT_EQ(diff_ids(), "[\"" + digest_ + "\"]");
  EXPECT_EQ(top_layer().media_type, "application/vnd.oci.image.layer.v1.tar");
  EXPECT_EQ(top_layer().digest.text(), digest_);
  EXPECT_TRUE(top_layer().annotations.empty());
  EXPECT_EQ(test::read_file(blob_of(top_layer())), test::read_file(path("layer.tar")));
  EXPECT_EQ(history(), R"([{"created":"2021-03-04T05:06:07.089+05:30",)"
                       R"("created_by":"umoci raw add-layer"}])");
}

TEST_F(AddLayerTest, compresses_as_asked) {
  struct Case {
    std::string value;
    std::string type;
    std::vector<std::string> decompress;
  };
  for (const auto& [value, type, decompress] :
       {Case{"gzip", "+gzip", {"gzip", "-dc"}}, Case{"zstd", "+zstd", {"zstd", "-dc"}},
        Case{"", "", {"cat"}}, Case{"none", "", {"cat"}}, Case{"auto", "+gzip", {"gzip", "-dc"}}}) {
    run_well({"new", "--image", image()});
    run_well({"raw", "add-layer", "--compress", value, "--image", image(), path("layer.tar")});
    EXPECT_EQ(top_layer().media_type, "application/vnd.oci.image.layer.v1.tar" + type);
    EXPECT_EQ(diff_ids(), "[\"" + digest_ + "\"]");
    if (!type.empty()) {
      EXPECT_EQ(top_layer().annotations.at("ci.umo.uncompressed_blob_size"),
                std::to_string(std::filesystem::file_size(path("layer.tar"))));
    }
    if (!test::has_program(decompress.front())) continue;
    const auto plain = test::run_program(decompress, test::read_file(blob_of(top_layer())));
    EXPECT_EQ(plain.out, test::read_file(path("layer.tar"))) << value;
  }
}

TEST_F(AddLayerTest, follows_the_topmost_compressed_layer) {
  const auto add = [&](const std::string& compress) {
    run_well({"raw", "add-layer", "--compress", compress, "--image", image(), path("layer.tar")});
    return top_layer().media_type.substr(38);
  };
  EXPECT_EQ(add("zstd"), "+zstd");
  EXPECT_EQ(add("auto"), "+zstd");
  EXPECT_EQ(add("none"), "");
  EXPECT_EQ(add("auto"), "+zstd");
  EXPECT_EQ(add("gzip"), "+gzip");
  EXPECT_EQ(add("auto"), "+gzip");
}

TEST_F(AddLayerTest, refuses_other_compressions) {
  for (const std::string value : {"xz", "GZIP", "gzip ", "0"}) {
    EXPECT_THAT(
        run_badly({"raw", "add-layer", "--compress", value, "--image", image(), path("layer.tar")}),
        HasSubstr("unknown layer compression type"));
  }
}

TEST_F(AddLayerTest, takes_flags_after_the_file) {
  run_well({"raw", "add-layer", "--image", image(), path("layer.tar"), "--tag", "new",
            "--history.created_by", "umoci raw add-layer --image x layer.tar", "--history.comment",
            "-why-"});
  EXPECT_EQ(diff_ids(), "[]");
  EXPECT_EQ(diff_ids("new"), "[\"" + digest_ + "\"]");
  EXPECT_THAT(history("new"), HasSubstr(R"("created_by":"umoci raw add-layer --image x layer.tar",)"
                                        R"("comment":"-why-"}])"));
}

TEST_F(AddLayerTest, warns_of_a_layer_without_history) {
  const Outcome outcome =
      run({"raw", "add-layer", "--no-history", "--image", image(), path("layer.tar")});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("no history entry"));
  EXPECT_EQ(diff_ids(), "[\"" + digest_ + "\"]");
  EXPECT_EQ(history(), "");
}

TEST_F(AddLayerTest, uses_the_author_of_the_image) {
  run_well({"config", "--image", image(), "--author", "me", "--no-history"});
  run_well({"raw", "add-layer", "--image", image(), path("layer.tar")});
  EXPECT_THAT(history(), HasSubstr(R"("author":"me"}])"));
}

TEST_F(AddLayerTest, needs_a_file) {
  const auto before = everything();
  EXPECT_THAT(run_badly({"raw", "add-layer", "--image", image(), path("nosuch")}),
              HasSubstr("nosuch"));
  EXPECT_THAT(run_badly({"raw", "add-layer", "--image", image(), path("layout")}),
              HasSubstr("is a directory"));
  EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace umoci::cli
