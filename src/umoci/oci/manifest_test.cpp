// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/manifest.hpp>

#include <umoci/base/error.hpp>
#include <umoci/digest/hasher.hpp>

#include <gmock/gmock.h>

namespace umoci::oci {
namespace {

using testing::HasSubstr;

Manifest image_of(std::string_view config_digest, std::int64_t config_size_bytes) {
  return Manifest{
      .media_type = std::string(media_type::manifest),
      .config = {.media_type = std::string(media_type::image_config),
                 .digest = digest::Digest(std::string(config_digest)),
                 .size_bytes = config_size_bytes},
  };
}

std::string digest_of(std::string_view text) { return digest::digest_of(text).text(); }

TEST(Manifest, HasTheBytesOfTheGoProgram) {
  const std::string created =
      image_of("sha256:31874c9f48cb301a5abda778269041bbd98c692a987f80b52670c605eecfb55d", 124)
          .dump();
  EXPECT_EQ(created.size(), 249U);
  EXPECT_EQ(digest_of(created),
            "sha256:2212c76866e6efd523a244d9f298a8c051c4c0925af9b1eb1b660091b1c6ce7d");

  const std::string configured =
      image_of("sha256:226813ed3ae9511c8c0a1eb1a7b06a920700d4d40e57e9114ca276a8a7072cfd", 158)
          .dump();
  EXPECT_EQ(digest_of(configured),
            "sha256:a6f0a518a4691431fbff57215474a23dedaa35375fd13ba24af8183d9878bd1c");
}

TEST(Manifest, WritesMembersInOrderAndTheUnknownOnesLast) {
  const std::string text =
      R"({"x":1,"annotations":{"b":"<","a":""},"subject":{"size":1,"digest":"s","mediaType":"m"},)"
      R"("layers":[{"mediaType":"l","digest":"d","size":3,"y":0.0}],"config":{"mediaType":"c",)"
      R"("digest":"e","size":4},"artifactType":"t",)"
      R"("mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2,"w":null})";
  EXPECT_EQ(Manifest::parse(text).dump(),
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
            R"("artifactType":"t","config":{"mediaType":"c","digest":"e","size":4},)"
            R"("layers":[{"mediaType":"l","digest":"d","size":3,"y":0.0}],)"
            R"("subject":{"mediaType":"m","digest":"s","size":1},)"
            R"("annotations":{"a":"","b":"\u003c"},"x":1,"w":null})"
            "\n");
}

TEST(Manifest, StaysWithoutMediaType) {
  const std::string text = R"({"schemaVersion":2,"config":{"digest":"e"},"layers":[]})";
  EXPECT_EQ(Manifest::parse(text).dump(), text + "\n");
}

TEST(Manifest, MakesMissingLayersAnEmptyList) {
  for (const char* layers : {"", R"(,"layers":null)"}) {
    const std::string text = R"({"schemaVersion":2,"config":{"digest":"e"})" + std::string(layers);
    EXPECT_EQ(Manifest::parse(text + "}").dump(),
              R"({"schemaVersion":2,"config":{"digest":"e"},"layers":[]})"
              "\n");
  }
}

TEST(Manifest, KeepsDockersType) {
  const std::string text =
      R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",)"
      R"("config":{"digest":"e"},"layers":[]})";
  EXPECT_EQ(Manifest::parse(text).dump(), text + "\n");
}

class NoManifest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(NoManifest, IsRejected) {
  try {
    static_cast<void>(Manifest::parse(GetParam().first));
    ADD_FAILURE() << "accepted: " << GetParam().first;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().second));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Manifest, NoManifest,
    testing::Values(
        std::pair("null", "document is null, not an object"),
        std::pair("[]", "document is an array"),
        std::pair(R"({"config":{}})", "manifest without schemaVersion"),
        std::pair(R"({"schemaVersion":1,"config":{}})", "schemaVersion 1, not 2"),
        std::pair(R"({"schemaVersion":"2","config":{}})", "schemaVersion is a string"),
        std::pair(R"({"schemaVersion":2.0,"config":{}})", "schemaVersion is \"2.0\""),
        std::pair(R"({"schemaVersion":2})", "manifest without config"),
        std::pair(R"({"schemaVersion":2,"config":null})", "config is null but is required"),
        std::pair(R"({"schemaVersion":2,"config":[]})", "config is an array"),
        std::pair(R"({"schemaVersion":2,"config":{},"layers":{}})", "layers is an object"),
        std::pair(R"({"schemaVersion":2,"config":{},"layers":[{},{"size":"x"}]})",
                  "layers[1].size is a string"),
        std::pair(R"({"schemaVersion":2,"config":{},"layers":[null]})", "layers[0] is null"),
        std::pair(R"({"schemaVersion":2,"config":{},"layers":[{"data":"%"}]})",
                  "layers[0].data: illegal base64"),
        std::pair(R"({"schemaVersion":2,"config":{},"subject":1})", "subject is a number"),
        std::pair(R"({"schemaVersion":2,"config":{},"annotations":{"a":{}}})",
                  "annotations.a is an object"),
        std::pair(R"({"schemaVersion":2,"config":{},"manifests":null})",
                  R"(forbidden member "manifests")"),
        std::pair(R"({"schemaVersion":2,"config":{},"Manifests":[]})",
                  R"(forbidden member "Manifests")"),
        std::pair(R"({"schemaVersion":2,"config":{},)"
                  R"("mediaType":"application/vnd.oci.image.index.v1+json"})",
                  "incorrect mediaType"),
        std::pair(R"({"schemaVersion":2,"config":{},"mediaType":"x\ny"})", R"("x\x0ay")")));

TEST(Manifest, HasALimitedNumberOfLayers) {
  const std::string text = R"({"schemaVersion":2,"config":{},"layers":[{},{},{}]})";
  EXPECT_EQ(Manifest::parse(text, Limits{.layers = 3}).layers.size(), 3U);
  EXPECT_THROW(static_cast<void>(Manifest::parse(text, Limits{.layers = 2})), Error);
}

}  // namespace
}  // namespace umoci::oci
