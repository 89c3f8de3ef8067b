// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/bundle_meta.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

namespace umoci::bundle {
namespace {

/// As umoci 0.6.0 writes it, for an image behind one index and a bundle with one mapping.
constexpr std::string_view mapped =
    R"({"umoci_version":"2","from_descriptor_path":{"descriptor_walk":[)"
    R"({"mediaType":"application/vnd.oci.image.index.v1+json",)"
    R"("digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":331,)"
    R"("annotations":{"org.opencontainers.image.ref.name":"prod"}},)"
    R"({"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
    R"("digest":"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","size":249,)"
    R"("platform":{"architecture":"amd64","os":"linux"}}]},)"
    R"("map_options":{"uid_mappings":[{"containerID":0,"hostID":100000,"size":65536}],)"
    R"("gid_mappings":null,"rootless":false}})"
    "\n";

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(mapped);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void expect_rejected(const std::string& text, std::string_view why) {
  try {
    (void)BundleMeta::parse(text);
    ADD_FAILURE() << "accepted: " << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
  }
}

TEST(BundleMeta, reads_what_umoci_writes) {
  const BundleMeta meta = BundleMeta::parse(mapped);
  ASSERT_EQ(meta.from.walk.size(), 2U);
  EXPECT_EQ(meta.from.root().ref_name(), "prod");
  EXPECT_EQ(meta.from.target().size_bytes, 249);
  EXPECT_EQ(meta.ownership.uids.to_host(5), 100005U);
  EXPECT_TRUE(meta.ownership.gids.is_identity());
  EXPECT_FALSE(meta.ownership.rootless);
}

TEST(BundleMeta, writes_the_bytes_umoci_writes) {
  EXPECT_EQ(BundleMeta::parse(mapped).dump(), mapped);
}

TEST(BundleMeta, accepts_the_member_that_only_umoci_0_4_7_writes) {
  const std::string old = replaced(R"("rootless":false})", R"("rootless":true},"whiteout_mode":0)");
  EXPECT_TRUE(BundleMeta::parse(old).ownership.rootless);
  expect_rejected(replaced(R"("rootless":false})", R"("rootless":true},"whiteout_mode":1)"),
                  "whiteout_mode");
}

TEST(BundleMeta, knows_the_digest_of_the_manifest_of_the_tree) {
  const std::string digest = "sha256:" + std::string(64, 'c');
  const auto with = [](const std::string& value) {
    return replaced(R"("rootless":false})", R"("rootless":false},"mtree_digest":)" + value);
  };
  const std::string bound = with('"' + digest + '"');
  EXPECT_EQ(BundleMeta::parse(bound).mtree_digest->text(), digest);
  EXPECT_EQ(BundleMeta::parse(bound).dump(), bound);
  EXPECT_FALSE(BundleMeta::parse(mapped).mtree_digest);
  EXPECT_FALSE(BundleMeta::parse(with("null")).mtree_digest);
  expect_rejected(with("5"), "mtree_digest");
  expect_rejected(with(R"("sha256:abc")"), "sha256:abc");
  EXPECT_THROW((void)BundleMeta::parse(with(R"("md5:abc")")), Error);
}

TEST(BundleMeta, skips_members_that_it_does_not_know) {
  const std::string text =
      replaced(R"("rootless":false})",
               R"("rootless":false,"new":[1]},"other":{"umoci_version":"3"},"whiteout_mode":null)");
  EXPECT_EQ(BundleMeta::parse(text).dump(), mapped);
}

TEST(BundleMeta, without_mappings_every_id_is_itself) {
  const std::size_t at = mapped.find(R"(,"map_options")");
  const std::string path(mapped.substr(0, at));
  for (const std::string& rest : {std::string("}"), std::string(R"(,"map_options":null})"),
                                  std::string(R"(,"map_options":{}})")}) {
    const BundleMeta meta = BundleMeta::parse(path + rest);
    EXPECT_TRUE(meta.ownership.uids.is_identity()) << rest;
    EXPECT_TRUE(meta.ownership.gids.is_identity()) << rest;
    EXPECT_FALSE(meta.ownership.rootless) << rest;
  }
}

TEST(BundleMeta, rejects_what_is_no_bundle_of_this_format) {
  expect_rejected("", "");
  expect_rejected("[]", "umoci_version");
  expect_rejected("{}", "umoci_version");
  expect_rejected(replaced(R"("umoci_version":"2")", R"("umoci_version":"3")"), "format");
  expect_rejected(replaced(R"("umoci_version":"2")", R"("umoci_version":2)"), "format");
  expect_rejected(R"({"umoci_version":"2"})", "from_descriptor_path");
  expect_rejected(R"({"umoci_version":"2","from_descriptor_path":{}})", "walk");
  expect_rejected(R"({"umoci_version":"2","from_descriptor_path":{"descriptor_walk":[]}})", "walk");
  expect_rejected(replaced(R"("hostID":100000)", R"("hostID":4294967296)"), "hostID");
  expect_rejected(replaced(R"("hostID":100000)", R"("hostID":-1)"), "hostID");
  expect_rejected(replaced(R"("gid_mappings":null)", R"("gid_mappings":{})"), "gid_mappings");
  expect_rejected(replaced(R"("rootless":false)", R"("rootless":0)"), "rootless");
}

}  // namespace
}  // namespace umoci::bundle
