// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/graph.hpp>

#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace umoci::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view docker_list =
    "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";

class GraphTest : public testing::Test {
 protected:
  GraphTest() : layout_(create()) {}

  oci::Descriptor put(std::string_view media_type, std::string_view text) {
    return test::put_document(layout_, media_type, text);
  }
  Children children(std::string_view media_type, std::string_view text) {
    return children_of(layout_.blobs(), put(media_type, text), {});
  }
  static std::vector<std::string> digests(const std::vector<oci::Descriptor>& descriptors) {
    std::vector<std::string> texts;
    texts.reserve(descriptors.size());
    for (const auto& descriptor : descriptors) texts.push_back(descriptor.digest.text());
    return texts;
  }

  test::TemporaryDirectory directory_;
  Layout layout_;

 private:
  Layout create() {
    Layout::create(directory_ / "layout");
    return Layout::open(directory_ / "layout");
  }
};

TEST_F(GraphTest, AnIndexHasManifestsAndASubject) {
  const Children found =
      children(oci::media_type::index,
               R"({"schemaVersion":2,"manifests":[{"digest":"a"},{"digest":"b"},{"digest":"a"}],)"
               R"("subject":{"digest":"c"},"annotations":{"digest":"d"},"other":{"digest":"e"}})");
  EXPECT_THAT(digests(found.owned), ElementsAre("a", "b", "a"));
  EXPECT_THAT(digests(found.subject), ElementsAre("c"));
}

TEST_F(GraphTest, AManifestHasAConfigLayersAndASubject) {
  const Children found =
      children(oci::media_type::manifest,
               R"({"schemaVersion":2,"subject":{"digest":"s"},"layers":[{"digest":"1"},)"
               R"({"digest":"2"}],"config":{"digest":"c"}})");
  EXPECT_THAT(digests(found.owned), ElementsAre("c", "1", "2"));
  EXPECT_THAT(digests(found.subject), ElementsAre("s"));
}

TEST_F(GraphTest, ADescriptorDocumentHasTheOneItHolds) {
  const Children found = children(oci::media_type::descriptor, R"({"digest":"d","size":3})");
  EXPECT_THAT(digests(found.owned), ElementsAre("d"));
}

// D-09
TEST_F(GraphTest, DockersDocumentsAreAliases) {
  EXPECT_THAT(digests(children(docker_list, R"({"schemaVersion":2,"mediaType":")" +
                                                std::string(docker_list) +
                                                R"(","manifests":[{"digest":"m"}]})")
                          .owned),
              ElementsAre("m"));
  EXPECT_THAT(digests(children(docker_manifest,
                               R"({"schemaVersion":2,"config":{"digest":"c"},"layers":[]})")
                          .owned),
              ElementsAre("c"));
}

TEST_F(GraphTest, OtherDocumentsAreNotOpened) {
  oci::Descriptor absent;
  absent.digest = digest::Digest("nodigest");
  for (const std::string_view type :
       {oci::media_type::image_config, oci::media_type::layer, oci::media_type::empty,
        std::string_view("application/vnd.in-toto+json"), std::string_view()}) {
    absent.media_type = type;
    EXPECT_THAT(children_of(layout_.blobs(), absent, {}).owned, IsEmpty()) << type;
  }
}

TEST_F(GraphTest, DocumentsThatCouldBeReadInTwoWaysAreRefused) {
  const auto refused = [&](std::string_view type, const std::string& members) {
    EXPECT_ERROR(invalid_data, "", children(type, "{\"schemaVersion\":2," + members + "}"));
  };
  const std::string index = "\"manifests\":[]";
  const std::string manifest = R"("config":{},"layers":[])";
  refused(oci::media_type::index, index + ",\"layers\":null");
  refused(oci::media_type::index, index + ",\"CONFIG\":{}");
  refused(oci::media_type::manifest, manifest + ",\"manifests\":[]");
  const auto type_member = [](std::string_view type) {
    return ",\"mediaType\":\"" + std::string(type) + '"';
  };
  refused(oci::media_type::index, index + type_member(oci::media_type::manifest));
  refused(oci::media_type::manifest, manifest + type_member(oci::media_type::index));
  // Each of the two families for itself.
  refused(oci::media_type::index, index + type_member(docker_list));
  refused(docker_list, index + type_member(oci::media_type::index));
  refused(oci::media_type::manifest, manifest + type_member(docker_manifest));
  refused(docker_manifest, manifest + type_member(oci::media_type::manifest));
}

// D-40 and D-43
TEST_F(GraphTest, DuplicateMembersAndTrailingDataAreRefused) {
  const std::string index = R"({"schemaVersion":2,"manifests":[]})";
  EXPECT_NO_THROW(children(oci::media_type::index, index));
  EXPECT_ERROR(invalid_data, "", children(oci::media_type::index, index + index));
  EXPECT_ERROR(invalid_data, "", children(oci::media_type::index, index + "garbage"));
  EXPECT_ERROR(invalid_data, "",
               children(oci::media_type::index,
                        R"({"schemaVersion":2,"manifests":[],"manifests":[{"digest":"x"}]})"));
}

TEST_F(GraphTest, ErrorsNameTheDocument) {
  const oci::Descriptor broken = put(oci::media_type::manifest, "[]");
  EXPECT_ERROR(invalid_data, "manifest " + broken.digest.text(),
               children_of(layout_.blobs(), broken, {}));
  oci::Descriptor missing = put(oci::media_type::index, "x");
  missing.digest = digest::digest_of("y");
  EXPECT_ERROR(not_found, "index: blob not found: \"" + missing.digest.text(),
               children_of(layout_.blobs(), missing, {}));
}

TEST_F(GraphTest, EmbeddedDataIsTheDocument) {
  oci::Descriptor descriptor;
  descriptor.media_type = oci::media_type::index;
  descriptor.data = R"({"schemaVersion":2,"manifests":[{"digest":"x"}]})";
  descriptor.digest = digest::digest_of(*descriptor.data);
  descriptor.size_bytes = static_cast<std::int64_t>(descriptor.data->size());
  EXPECT_THAT(digests(children_of(layout_.blobs(), descriptor, {}).owned), ElementsAre("x"));
}

}  // namespace
}  // namespace umoci::store
