// SPDX-License-Identifier: Apache-2.0
// Rules B25 to B27: what umoci puts beside config.json.
#include <umoci/check/bundle_test.hpp>

#include <umoci/digest/hasher.hpp>
#include <umoci/store/layout.hpp>

#include <umoci_test/errors.hpp>

#include <sys/stat.h>

namespace umoci::check {
namespace {

using oci::Json;

constexpr std::string_view manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view index_type = "application/vnd.oci.image.index.v1+json";

Json descriptor_of(std::string_view text, std::string_view type) {
  return Json::Object{{"mediaType", type},
                      {"digest", digest::digest_of(text).text()},
                      {"size", static_cast<std::int64_t>(text.size())}};
}

/// An index with one manifest, and a bundle that was made of it.
class OriginTest : public ::testing::Test {
 protected:
  OriginTest() {
    store::Layout::create(layout_path());
    put(manifest_);
    put(index_);
    configure("{}");
    test::write_file(mtree_path(), mtree_);
  }

  [[nodiscard]] std::filesystem::path layout_path() const { return bundle_.path() / "layout"; }
  [[nodiscard]] std::filesystem::path mtree_path() const {
    return bundle_.path() /
           ("sha256_" + std::string(digest::digest_of(manifest_).encoded()) + ".mtree");
  }
  [[nodiscard]] std::filesystem::path blob_path(std::string_view text) const {
    return layout_path() / "blobs/sha256" / digest::digest_of(text).encoded();
  }

  void put(std::string_view text) { store::Layout::open(layout_path()).blobs().put(text); }

  /// Writes umoci.json: a good one with this merged into it.
  void configure(std::string_view patch) const {
    Json meta;
    meta.set("umoci_version", "2");
    meta.set(
        "from_descriptor_path",
        Json::Object{{"descriptor_walk", Json::Array{descriptor_of(index_, index_type),
                                                     descriptor_of(manifest_, manifest_type)}}});
    meta.set("map_options", Json::parse(R"({"uid_mappings":null,"gid_mappings":[],
                                            "rootless":false})"));
    meta.set("mtree_digest", digest::digest_of(mtree_).text());
    merge(meta, Json::parse(patch));
    test::write_file(bundle_.path() / "umoci.json", meta.dump());
  }
  void walk(const Json::Array& descriptors) const {
    Json patch;
    patch.set("from_descriptor_path", Json::Object{{"descriptor_walk", descriptors}});
    configure(patch.dump());
  }

  [[nodiscard]] std::string found() const {
    std::string lines;
    for (const std::string& line : bundle_.findings({.layout = layout_path()})) {
      lines += (lines.empty() ? "" : ", ") + line;
    }
    return lines;
  }
  void expect(std::string_view patch, std::string_view expected) const {
    configure(patch);
    EXPECT_EQ(found(), expected) << patch;
  }

  TestBundle bundle_;
  std::string mtree_ = "#mtree\n. type=dir mode=0755 uid=0 gid=0\n..\n";
  std::string manifest_ =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":)"
      R"("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},)"
      R"("layers":[]})";
  std::string index_ =
      R"({"schemaVersion":2,"manifests":[)" + descriptor_of(manifest_, manifest_type).dump() + "]}";
};

TEST_F(OriginTest, WhatIsInOrderHasNoFindings) {
  EXPECT_EQ(found(), "");
  configure(R"({"mtree_digest":null,"whiteout_mode":0})");
  EXPECT_EQ(found(), "");
  // A bundle of somebody else.
  std::filesystem::remove(bundle_.path() / "umoci.json");
  EXPECT_EQ(found(), "");
}

TEST_F(OriginTest, UmociJsonIsADocument) {
  const std::filesystem::path meta = bundle_.path() / "umoci.json";
  test::write_file(meta, "{");
  EXPECT_EQ(found(), "E B25 umoci.json");
  test::write_file(meta, "[]");
  EXPECT_EQ(found(), "E B25 umoci.json");
  configure("{}");
  test::write_file(meta, R"({"umoci_version":"2",)" + test::read_file(meta).substr(1));
  EXPECT_EQ(found(), "E B25 umoci.json/umoci_version");
  std::filesystem::resize_file(meta, 100U << 20U);
  EXPECT_EQ(found(), "E B25 umoci.json");
  std::filesystem::remove(meta);
  ASSERT_EQ(::mkfifo(meta.c_str(), 0600), 0);
  EXPECT_EQ(found(), "E B25 umoci.json");
  std::filesystem::remove(meta);
  std::filesystem::create_symlink("/etc/passwd", meta);
  EXPECT_EQ(found(), "E B25 umoci.json");
}

TEST_F(OriginTest, UmociJsonIsOfTheFormat) {
  expect(R"({"umoci_version":"1"})", "E B25 umoci.json/umoci_version");
  expect(R"({"umoci_version":2})", "E B25 umoci.json/umoci_version");
  expect(R"({"umoci_version":null})", "E B25 umoci.json/umoci_version");
  expect(R"({"whiteout_mode":1})", "E B25 umoci.json/whiteout_mode");
  expect(R"({"map_options":{"rootless":"no"}})", "E B25 umoci.json/map_options/rootless");
  expect(R"({"map_options":{"uid_mappings":{}}})", "E B25 umoci.json/map_options/uid_mappings");
  expect(R"({"map_options":{"gid_mappings":[{"containerID":0,"hostID":-1,"size":1}]}})",
         "E B25 umoci.json/map_options/gid_mappings/0/hostID");
  expect(R"({"map_options":{"gid_mappings":[{"containerID":0,"hostID":1,"size":1}]}})", "");
  expect(R"({"mtree_digest":"sha256:1"})", "E B25 umoci.json/mtree_digest");
  expect(R"({"mtree_digest":1})", "E B25 umoci.json/mtree_digest");
}

TEST_F(OriginTest, TheWayLeadsToAManifest) {
  const std::string at = "E B25 umoci.json/from_descriptor_path/descriptor_walk";
  expect(R"({"from_descriptor_path":{"descriptor_walk":null}})", at);
  expect(R"({"from_descriptor_path":{"descriptor_walk":[]}})", at);
  expect(R"({"from_descriptor_path":{"descriptor_walk":{"a":1}}})", at);
  expect(R"({"from_descriptor_path":{"descriptor_walk":[7,{"digest":"x"}]}})",
         at + "/0, " + at + "/1");
  // A name that leads out of the bundle.
  expect(R"({"from_descriptor_path":{"descriptor_walk":[{"mediaType":
            "application/vnd.oci.image.manifest.v1+json","digest":"x:../../x","size":1}]}})",
         at + "/0");
  walk({descriptor_of(index_, index_type)});
  EXPECT_EQ(found(), at + "/0/mediaType");
  walk({descriptor_of(manifest_, manifest_type)});
  EXPECT_EQ(found(), "");
}

TEST_F(OriginTest, TheDescriptionOfTheRootFileSystemIsThere) {
  const std::string document = mtree_path().filename().string();
  test::write_file(mtree_path(), mtree_ + "#\n");
  EXPECT_EQ(found(), "E B26 " + document);
  configure(R"({"mtree_digest":null})");
  EXPECT_EQ(found(), "");
  test::write_file(mtree_path(), "a type=nothing\n");
  EXPECT_EQ(found(), "E B26 " + document);
  std::filesystem::remove(mtree_path());
  EXPECT_EQ(found(), "E B26 " + document);
  ASSERT_EQ(::mkfifo(mtree_path().c_str(), 0600), 0);
  EXPECT_EQ(found(), "E B26 " + document);
}

TEST_F(OriginTest, TheWayIsInTheLayout) {
  const std::string at = "W B27 umoci.json/from_descriptor_path/descriptor_walk";
  std::filesystem::rename(blob_path(manifest_), bundle_.path() / "manifest");
  EXPECT_EQ(found(), at + "/1");
  EXPECT_EQ(bundle_.findings(), std::vector<std::string>{});
  std::filesystem::rename(bundle_.path() / "manifest", blob_path(manifest_));
  std::filesystem::rename(blob_path(index_), bundle_.path() / "index");
  EXPECT_EQ(found(), at + "/0");
  // Damaged: nobody knows what is in it.
  test::write_file(blob_path(index_), std::string(index_.size(), ' '));
  EXPECT_EQ(found(), at + "/1");
  std::filesystem::rename(bundle_.path() / "index", blob_path(index_));
  EXPECT_EQ(found(), "");
  // An index that has another manifest.
  const std::string other = R"({"schemaVersion":2,"manifests":[]})";
  put(other);
  walk({descriptor_of(other, index_type), descriptor_of(manifest_, manifest_type)});
  EXPECT_EQ(found(), at + "/1");
}

TEST_F(OriginTest, ALayoutThatIsNoneIsAnErrorAndNoFinding) {
  Findings findings;
  EXPECT_ERROR(invalid_data, "invalid image detected",
               check_bundle(bundle_.path(), {.layout = bundle_.path() / "rootfs"}, findings));
}

}  // namespace
}  // namespace umoci::check
