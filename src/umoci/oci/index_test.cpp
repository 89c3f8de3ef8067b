// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/index.hpp>

#include <umoci/base/error.hpp>

#include <gmock/gmock.h>

namespace umoci::oci {
namespace {

using testing::HasSubstr;

constexpr const char* empty_index =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})"
    "\n";

Index read_blob(std::string_view text) { return Index::parse(text); }
Index read_top(std::string_view text) { return Index::parse_top_level(text); }

void expect_rejected(Index (&read)(std::string_view), std::string_view text,
                     std::string_view message) {
  try {
    static_cast<void>(read(text));
    ADD_FAILURE() << "accepted: " << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    EXPECT_THAT(error.what(), HasSubstr(std::string(message)));
  }
}

TEST(Index, IsWrittenLikeTheGoProgramWritesIt) { EXPECT_EQ(Index().dump(), empty_index); }

TEST(Index, WritesMembersInOrderAndTheUnknownOnesLast) {
  const std::string text =
      R"({"x":1,"annotations":{"b":"","a":""},"subject":{"digest":"s","size":1},)"
      R"("manifests":[{"platform":{"os":"linux","architecture":"amd64","features":["sse"]},)"
      R"("vendor":true,"size":5,"digest":"d","mediaType":"m"}],"artifactType":"t",)"
      R"("mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2,"w":[null]})";
  EXPECT_EQ(
      Index::parse(text).dump(),
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
      R"("artifactType":"t","manifests":[{"mediaType":"m","digest":"d","size":5,)"
      R"("platform":{"architecture":"amd64","os":"linux","features":["sse"]},"vendor":true}],)"
      R"("subject":{"digest":"s","size":1},"annotations":{"a":"","b":""},"x":1,"w":[null]})"
      "\n");
}

TEST(Index, KeepsDockersTypeAndSetsItsOwnElse) {
  const std::string docker =
      R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json",)"
      R"("manifests":[]})";
  EXPECT_EQ(Index::parse(docker).dump(), docker + "\n");
  EXPECT_EQ(Index::parse(R"({"schemaVersion":2,"manifests":[]})").dump(), empty_index);
}

TEST(Index, OfTheTopLevelIsReadLeniently) {
  for (const char* text :
       {"{}", "null", R"({"manifests":null})", R"({"schemaVersion":0,"manifests":[]})",
        R"({"schemaVersion":1})", R"({"schemaVersion":null})", R"({"mediaType":"text/plain"})",
        R"({"mediaType":"application/vnd.oci.image.manifest.v1+json"})"}) {
    EXPECT_EQ(read_top(text).dump(), empty_index) << text;
  }
}

TEST(Index, OfTheTopLevelStillHasToBeAnIndex) {
  for (const auto& [text, message] :
       {std::pair("", "JSON text ends"), std::pair("[]", "document is an array"),
        std::pair("1", "document is a number"),
        std::pair(R"({"schemaVersion":"2"})", "schemaVersion is a string"),
        std::pair(R"({"schemaVersion":2.0})", "schemaVersion is \"2.0\""),
        std::pair("{} x", "malformed JSON"), std::pair(R"({"config":null})", R"("config")"),
        std::pair(R"({"LAYERS":[]})", R"("LAYERS")"),
        std::pair(R"({"manifests":[],"manifests":[]})", "duplicate member manifests"),
        std::pair(R"({"mediaType":1})", "mediaType is a number"),
        std::pair(R"({"manifests":{}})", "manifests is an object"),
        std::pair(R"({"manifests":[{},{"digest":1}]})", "manifests[1].digest is a number")}) {
    expect_rejected(read_top, text, message);
  }
}

TEST(Index, OfABlobIsReadStrictly) {
  for (const auto& [text, message] :
       {std::pair("null", "document is null"), std::pair("{}", "index without schemaVersion"),
        std::pair(R"({"schemaVersion":1,"manifests":[]})", "schemaVersion 1, not 2"),
        std::pair(R"({"schemaVersion":2})", "index without manifests"),
        std::pair(R"({"schemaVersion":2,"manifests":[],"config":{}})", R"("config")"),
        std::pair(R"({"schemaVersion":2,"manifests":[],"layers":null})", R"("layers")"),
        std::pair(R"({"schemaVersion":2,"manifests":[],"Config":{}})", R"("Config")"),
        std::pair(R"({"schemaVersion":2,"manifests":[],)"
                  R"("mediaType":"application/vnd.oci.image.manifest.v1+json"})",
                  "incorrect mediaType")}) {
    expect_rejected(read_blob, text, message);
  }
}

}  // namespace
}  // namespace umoci::oci
