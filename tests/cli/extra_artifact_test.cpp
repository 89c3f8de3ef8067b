// SPDX-License-Identifier: Apache-2.0

// Commands that meet a manifest whose config is no image configuration.

#include <umoci_test/command_line.hpp>
#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace umoci::cli {
namespace {

using oci::Json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

constexpr const char* empty_type = "application/vnd.oci.empty.v1+json";
constexpr const char* chart_type = "application/vnd.example.chart.v1";

class ArtifactTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout({"latest"});
    // As oras and others write them: without a config, and with one of their own.
    put("bare", R"({"mediaType":"application/vnd.oci.empty.v1+json","digest":)" +
                    put_blob("{}").to_json().find("digest")->dump() +
                    R"(,"size":2,"annotations":{"c":"d"},"data":"e30="})");
    put("chart", described(chart_type, "PK\x03\x04").to_json().dump());
    test::write_file(path("layer.tar"), std::string(10240, '\0'));
    test::write_file(path("file"), "x");
  }

  oci::Descriptor put_blob(const std::string& text) {
    store::Layout layout = open();
    return test::put_document(layout, "", text);
  }
  oci::Descriptor described(const char* type, const std::string& text) {
    oci::Descriptor descriptor = put_blob(text);
    descriptor.media_type = type;
    return descriptor;
  }
  void put(const std::string& tag, const std::string& config) {
    const std::string text =
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
        R"("artifactType":"application/vnd.example.sbom","config":)" +
        config + R"(,"layers":[)" +
        described("application/x.part", "part of " + tag).to_json().dump() + R"(],"subject":)" +
        subject().to_json().dump() +
        R"(,"annotations":{"old":"1","other":"2"},"x-vendor":{"n":1e3}})";
    store::Layout layout = open();
    test::tag(layout, tag, test::put_document(layout, oci::media_type::manifest, text));
  }
  [[nodiscard]] oci::Descriptor subject() const {
    oci::Descriptor descriptor = entry("latest");
    descriptor.annotations.clear();
    return descriptor;
  }
  [[nodiscard]] Json manifest(const std::string& tag) const {
    return Json::parse(manifest_text(tag));
  }
  /// All members of a manifest but this one.
  [[nodiscard]] std::string without(const std::string& member, const std::string& tag) const {
    std::string text;
    const Json json = manifest(tag);
    for (const auto& [name, value] : *json.if_object()) {
      if (name != member) text += name + "=" + value.dump() + "\n";
    }
    return text;
  }
  [[nodiscard]] std::string annotations(const std::string& tag) const {
    const Json json = manifest(tag);
    const Json* found = json.find("annotations");
    return found == nullptr ? std::string() : found->dump();
  }
  static std::string type_of(const std::string& tag) {
    return tag == "bare" ? empty_type : chart_type;
  }
  Words config_line(const std::string& tag, const Words& more) const {
    Words words{"config", "--image", image(tag)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// A line that must be refused because of the config's type, and change nothing.
  void refuse(const std::string& tag, const Words& words) {
    const auto before = everything();
    EXPECT_EQ(run_badly(words), "unsupported source type: a config of type \"" + type_of(tag) +
                                    "\" is no image configuration")
        << line_of(words);
    EXPECT_EQ(everything(), before) << line_of(words);
  }

  const std::vector<std::string> tags_{"bare", "chart"};
};

TEST_F(ArtifactTest, annotations_change_and_nothing_else) {
  for (const std::string& tag : tags_) {
    const std::string rest = without("annotations", tag);
    run_well(config_line(tag, {"--manifest.annotation=new=3", "--manifest.annotation=old=4"}));
    EXPECT_EQ(annotations(tag), R"({"new":"3","old":"4","other":"2"})");
    EXPECT_EQ(without("annotations", tag), rest);
    run_well(config_line(tag, {"--manifest.annotation.rm=old", "--no-history"}));
    EXPECT_EQ(annotations(tag), R"({"new":"3","other":"2"})");
    run_well(config_line(tag, {"--clear=manifest.annotations", "--tag=cleared"}));
    EXPECT_EQ(annotations("cleared"), "");
    EXPECT_EQ(annotations(tag), R"({"new":"3","other":"2"})");
    EXPECT_EQ(without("annotations", "cleared"), rest);
    EXPECT_THAT(rest, AllOf(HasSubstr("artifactType"), HasSubstr("subject"), HasSubstr("1e3"),
                            HasSubstr(type_of(tag))));
  }
  EXPECT_THAT(without("annotations", "bare"),
              HasSubstr(R"("annotations":{"c":"d"},"data":"e30=")"));
}

TEST_F(ArtifactTest, without_a_change_keep_their_bytes) {
  for (const std::string& tag : tags_) {
    const std::string digest = entry(tag).digest.text();
    run_well(config_line(tag, {}));
    EXPECT_EQ(entry(tag).digest.text(), digest);
  }
}

TEST_F(ArtifactTest, have_no_configuration_to_change) {
  for (const std::string& tag : tags_) {
    for (const char* flag : {"--config.user=x",
                             "--config.workingdir=/x",
                             "--config.stopsignal=9",
                             "--config.exposedports=80",
                             "--config.volume=/x",
                             "--config.env=A=1",
                             "--config.label=a=1",
                             "--config.entrypoint=x",
                             "--config.entrypoint-json=[\"x\"]",
                             "--config.cmd=x",
                             "--config.cmd-json=[]",
                             "--config.cmd-shell=x",
                             "--created=now",
                             "--author=x",
                             "--os=linux",
                             "--architecture=arm",
                             "--platform.variant=v7",
                             "--config.env.rm=A",
                             "--config.label.rm=a",
                             "--config.volume.rm=/x",
                             "--config.exposedports.rm=80",
                             "--clear=config.env",
                             "--clear=author",
                             "--clear=all",
                             "--history.comment=x",
                             "--history.author=x",
                             "--history.created_by=x",
                             "--history.created=now",
                             "--history.auto"}) {
      refuse(tag, config_line(tag, {"--manifest.annotation=a=b", flag}));
    }
  }
}

TEST_F(ArtifactTest, tell_their_annotations) {
  for (const std::string& tag : tags_) {
    EXPECT_EQ(run_well(config_line(tag, {"--get=manifest.annotation.old"})), "1\n");
    EXPECT_THAT(run_well(config_line(tag, {"--json", "--get=manifest.annotations"})),
                HasSubstr(R"("values":{"manifest.annotations":{"old":"1","other":"2"}})"));
    for (const Words& more : {Words{"--get=os"},
                              {"--get=/os"},
                              {"--get=config.env"},
                              {"--get=config.env.A"},
                              {"--get=manifest.annotation.old", "--get=author"},
                              {"--json"}}) {
      refuse(tag, config_line(tag, more));
    }
  }
}

TEST_F(ArtifactTest, get_layers_without_history_and_diff_ids) {
  for (const std::string& tag : tags_) {
    const std::string rest = without("layers", tag);
    const std::string first = manifest(tag).find("layers")->if_array()->front().dump();
    run_well({"raw", "add-layer", "--image", image(tag), path("layer.tar")});
    EXPECT_EQ(without("layers", tag), rest);
    const Json after = manifest(tag);
    const Json::Array& layers = *after.find("layers")->if_array();
    ASSERT_EQ(layers.size(), 2U);
    EXPECT_EQ(layers[0].dump(), first);
    EXPECT_EQ(oci::Descriptor::from_json(layers[1]).media_type,
              std::string(oci::media_type::layer) + "+gzip");
    run_well({"raw", "add-layer", "--no-history", "--compress=none", "--image", image(tag),
              path("layer.tar")});
    EXPECT_EQ(manifest(tag).find("layers")->if_array()->size(), 3U);
    refuse(tag,
           {"raw", "add-layer", "--history.comment=x", "--image", image(tag), path("layer.tar")});
  }
}

TEST_F(ArtifactTest, are_no_trees_of_files) {
  for (const std::string& tag : tags_) {
    refuse(tag, {"insert", "--rootless", "--image", image(tag), path("file"), "/file"});
    refuse(tag, {"unpack", "--rootless", "--image", image(tag), path("bundle")});
    refuse(tag, {"raw", "unpack", "--rootless", "--image", image(tag), path("rootfs")});
  }
}

TEST_F(ArtifactTest, are_shown_named_removed_and_collected) {
  for (const std::string& tag : tags_) {
    const std::string text = run_well({"stat", "--image", image(tag)});
    EXPECT_THAT(text, AllOf(HasSubstr("application/vnd.example.sbom"), HasSubstr(type_of(tag)),
                            HasSubstr("old"), HasSubstr(subject().digest.text())));
    const Json json = Json::parse(run_well({"stat", "--json", "--image", image(tag)}));
    EXPECT_EQ(find_member(json, "manifest.blob.config.mediaType")->dump(),
              '"' + type_of(tag) + '"');
    run_well({"tag", "--image", image(tag), "copy-of-" + tag});
    EXPECT_EQ(entry("copy-of-" + tag).digest, entry(tag).digest);
    run_well({"rm", "--image", image(tag)});
  }
  // The image is kept by its artifacts alone now.
  run_well({"rm", "--image", image()});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "copy-of-bare\ncopy-of-chart\n");
  EXPECT_EQ(run_well({"gc", "--layout", path("layout"), "--dry-run"}), "");
  run_well({"gc", "--layout", path("layout")});
  run_well({"config", "--image", image("copy-of-bare"), "--manifest.annotation=a=b"});
  run_well({"rm", "--image", image("copy-of-bare")});
  run_well({"rm", "--image", image("copy-of-chart")});
  run_well({"gc", "--layout", path("layout")});
  EXPECT_EQ(run_well({"gc", "--layout", path("layout"), "--dry-run", "--json"}).find("sha256"),
            std::string::npos);
  for (const auto& [name, content] : everything()) {
    EXPECT_THAT(name, Not(HasSubstr("blobs/sha256/"))) << name;
  }
}

TEST_F(ArtifactTest, beside_an_image_are_changed_alone) {
  store::Layout layout = open();
  oci::Descriptor of_image = subject();
  of_image.platform = oci::Platform{.architecture = "mips", .os = "linux"};
  oci::Descriptor of_artifact = entry("chart");
  of_artifact.annotations.clear();
  of_artifact.artifact_type = "application/vnd.example.sbom";
  of_artifact.platform = oci::Platform{.architecture = "unknown", .os = "unknown"};
  test::tag(layout, "both", test::put_index(layout, {of_image, of_artifact}));
  run_well(config_line("both", {"--platform=unknown/unknown", "--manifest.annotation=a=b"}));
  const oci::Index index =
      oci::Index::parse(open().blobs().read_document(entry("both")), open().limits());
  ASSERT_EQ(index.manifests.size(), 2U);
  EXPECT_EQ(index.manifests[0], of_image);
  EXPECT_EQ(index.manifests[1].platform, of_artifact.platform);
  EXPECT_EQ(index.manifests[1].artifact_type, of_artifact.artifact_type);
  EXPECT_NE(index.manifests[1].digest, of_artifact.digest);
  EXPECT_THAT(open().blobs().read_document(index.manifests[1]), HasSubstr(R"("a":"b")"));
}

}  // namespace
}  // namespace umoci::cli
