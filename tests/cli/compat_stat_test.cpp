// SPDX-License-Identifier: Apache-2.0

// umoci stat: the text, to the letter, and the JSON.

#include <umoci_test/command_line.hpp>

#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view config_type = "application/vnd.oci.image.config.v1+json";

class StatTest : public CommandLineTest {
 protected:
  void SetUp() override { run_well({"init", "--layout", path("layout")}); }

  /// Stores a manifest with a configuration of that type and makes "latest" mean it.
  oci::Descriptor put_image(std::string_view config, std::string_view config_media_type,
                            const std::string& manifest_rest) {
    auto layout = open();
    const auto stored = test::put_document(layout, config_media_type, config);
    config_digest = stored.digest.text();
    config_size = std::to_string(stored.size_bytes);
    return put_manifest(R"({"schemaVersion":2,"mediaType":")" + std::string(manifest_type) +
                        R"(","config":{"mediaType":")" + std::string(config_media_type) +
                        R"(","digest":")" + config_digest + R"(","size":)" + config_size + "}" +
                        manifest_rest + "}");
  }

  oci::Descriptor put_manifest(const std::string& text) {
    auto layout = open();
    auto descriptor = test::put_document(layout, manifest_type, text);
    test::tag(layout, "latest", descriptor);
    manifest_digest = descriptor.digest.text();
    manifest_size = std::to_string(descriptor.size_bytes);
    return descriptor;
  }

  std::string text() { return run_well({"stat", "--image", path("layout")}); }
  std::string json() { return run_well({"stat", "--image", path("layout"), "--json"}); }
  oci::Json member(std::string_view member_path) {
    const auto document = oci::Json::parse(json());
    const auto* found = find_member(document, member_path);
    return found == nullptr ? oci::Json("no such member") : *found;
  }

  std::string manifest_digest;
  std::string manifest_size;
  std::string config_digest;
  std::string config_size;
};

const std::string digest_a = "sha256:" + std::string(64, 'a');
const std::string digest_b = "sha256:" + std::string(64, 'b');

// Written by hand after the description of umoci 0.6.0's output.
TEST_F(StatTest, prints_everything_in_its_place) {
  const std::string config =
      R"({"created":"2020-01-01T00:00:00.120+00:00","author":"A B","architecture":"arm",)"
      R"("os":"linux","os.version":"1 2","os.features":["z","a,b"],"variant":"v 7","config":{)"
      R"("User":"root:wheel","ExposedPorts":{"80/tcp":{},"53":{},"a b":{}},"Env":["A=1","B=x y"],)"
      R"("Entrypoint":["/bin/sh","-c"],"Cmd":["echo \"hi\"",""],"Volumes":{"/v":{}},)"
      R"("WorkingDir":"/w","Labels":{"b":"","a":"\ttab"},"StopSignal":"SIGTERM"},)"
      R"("rootfs":{"type":"layers","diff_ids":[")" +
      digest_a + R"(",")" + digest_b +
      R"("]},"history":[{"created":"2020-01-01T00:00:00Z","created_by":"one","comment":"c d"},)"
      R"({"created":"2021-01-01T00:00:00.5-03:00","created_by":"none at all, really",)"
      R"("empty_layer":true},{"created":"2022-01-01T00:00:00Z","created_by":"zwei\nß"}]})";
  put_image(
      config, config_type,
      R"(,"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":")" +
          digest_b +
          R"(","size":1107,"urls":["http://x/y z"],"annotations":{"k":"v w","j":"u"}},)"
          R"({"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":")" +
          digest_a +
          R"(","size":38820123,"data":"AAEC","platform":{"architecture":"amd64","os":"linux",)"
          R"("variant":"v1"},"artifactType":"x/y"}],"subject":{"mediaType":"a/b","digest":")" +
          digest_a + R"(","size":0},"annotations":{"one":"two"},"artifactType":"art/type")");

  EXPECT_EQ(text(),
            "== MANIFEST ==\n"
            "Schema Version: 2\n"
            "Media Type: application/vnd.oci.image.manifest.v1+json\n"
            "Artifact Type: art/type\n"
            "Config:\n"
            "\tDescriptor:\n"
            "\t\tMedia Type: application/vnd.oci.image.config.v1+json\n"
            "\t\tDigest: " +
                config_digest +
                "\n"
                "\t\tSize: " +
                config_size +
                "B\n"
                "Layers:\n"
                "\tDescriptor:\n"
                "\t\tMedia Type: application/vnd.oci.image.layer.v1.tar+gzip\n"
                "\t\tDigest: " +
                digest_b +
                "\n"
                "\t\tSize: 1.107kB\n"
                "\t\tURLs:\n"
                "\t\t\t\"http://x/y z\"\n"
                "\t\tAnnotations:\n"
                "\t\t\tj: u\n"
                "\t\t\tk: \"v w\"\n"
                "\tDescriptor:\n"
                "\t\tMedia Type: application/vnd.oci.image.layer.v1.tar\n"
                "\t\tArtifact Type: x/y\n"
                "\t\tDigest: " +
                digest_a +
                "\n"
                "\t\tSize: 38.82MB\n"
                "\t\tPlatform:\n"
                "\t\t\tOS: linux\n"
                "\t\t\tArchitecture: amd64 (v1)\n"
                "\t\tData: (3 bytes)\n"
                "\t\t\t0000: 0001 02                                  ...\n"
                "Subject:\n"
                "\tDescriptor:\n"
                "\t\tMedia Type: a/b\n"
                "\t\tDigest: " +
                digest_a +
                "\n"
                "\t\tSize: 0B\n"
                "Annotations:\n"
                "\tone: two\n"
                "Descriptor:\n"
                "\tMedia Type: application/vnd.oci.image.manifest.v1+json\n"
                "\tDigest: " +
                manifest_digest +
                "\n"
                "\tSize: " +
                manifest_size +
                "B\n"
                "\tAnnotations:\n"
                "\t\torg.opencontainers.image.ref.name: latest\n"
                "\n"
                "== CONFIG ==\n"
                "Created: 2020-01-01T00:00:00.12Z\n"
                "Author: \"A B\"\n"
                "Platform:\n"
                "\tOS: linux\n"
                "\tOS Version: \"1 2\"\n"
                "\tOS Features: z, \"a,b\"\n"
                "\tArchitecture: arm (v 7)\n"
                "Image Config:\n"
                "\tUser: root:wheel\n"
                "\tEntrypoint:\n"
                "\t\t/bin/sh\n"
                "\t\t-c\n"
                "\tCommand:\n"
                "\t\t\"echo \\\"hi\\\"\"\n"
                "\t\t\"\"\n"
                "\tWorking Directory: /w\n"
                "\tEnvironment:\n"
                "\t\tA=1\n"
                "\t\t\"B=x y\"\n"
                "\tStop Signal: SIGTERM\n"
                "\tExposed Ports: 53, 80/tcp, \"a b\"\n"
                "\tVolumes: /v\n"
                "\tLabels:\n"
                "\t\ta: \"\\ttab\"\n"
                "\t\tb: \"\"\n"
                "Descriptor:\n"
                "\tMedia Type: application/vnd.oci.image.config.v1+json\n"
                "\tDigest: " +
                config_digest +
                "\n"
                "\tSize: " +
                config_size +
                "B\n"
                "\n"
                "== HISTORY ==\n"
                "LAYER" +
                std::string(67, ' ') +
                "CREATED                     CREATED BY          SIZE    COMMENT\n" + digest_b +
                " 2020-01-01T00:00:00Z        one                 1.107kB c d\n" + "<none>" +
                std::string(66, ' ') +
                "2021-01-01T00:00:00.5-03:00 none at all, really <none>  \n" + digest_a +
                " 2022-01-01T00:00:00Z        \"zwei\\nß\"           38.82MB \n");
}

TEST_F(StatTest, prints_little_of_an_empty_image) {
  put_image(R"({"architecture":"","os":"","config":{"ArgsEscaped":true,"Entrypoint":["x"]},)"
            R"("rootfs":{"type":"layers","diff_ids":[]}})",
            config_type, R"(,"layers":[])");
  const std::string printed = text();
  EXPECT_THAT(printed, Not(HasSubstr("Layers")));
  EXPECT_THAT(printed, HasSubstr("\n\n== CONFIG ==\n"
                                 "Author: \"\"\n"
                                 "Platform:\n"
                                 "\tOS: \"\"\n"
                                 "\tArchitecture: \"\"\n"
                                 "Image Config:\n"
                                 "\tUser: \"\"\n"
                                 "\tEntrypoint (escaped):\n"
                                 "\t\tx\n"
                                 "\tCommand (escaped): (empty)\n"
                                 "Descriptor:\n"));
  EXPECT_THAT(printed, EndsWith("\n\n== HISTORY ==\nLAYER CREATED CREATED BY SIZE COMMENT\n"));
}

TEST_F(StatTest, dumps_embedded_data) {
  std::string data;
  for (int byte = 0; byte < 256; ++byte) data += static_cast<char>(byte);
  data += "more";
  auto layout = open();
  auto config = test::put_document(layout, "x/y", data);
  config.data = data;
  put_manifest(R"({"schemaVersion":2,"config":)" + config.to_json().dump() + R"(,"layers":[]})");
  const std::string printed = text();
  EXPECT_THAT(printed, HasSubstr("\nMedia Type: \"\"\n"));
  EXPECT_THAT(
      printed,
      HasSubstr("\t\tData: (260 bytes)\n"
                "\t\t\t0000: 0001 0203 0405 0607 0809 0a0b 0c0d 0e0f  ................\n"
                "\t\t\t0010: 1011 1213 1415 1617 1819 1a1b 1c1d 1e1f  ................\n"
                "\t\t\t0020: 2021 2223 2425 2627 2829 2a2b 2c2d 2e2f   !\"#$%&'()*+,-./\n"));
  EXPECT_THAT(printed,
              HasSubstr("\t\t\t0070: 7071 7273 7475 7677 7879 7a7b 7c7d 7e7f  pqrstuvwxyz{|}~.\n"
                        "\t\t\t0080: 8081 8283 8485 8687 8889 8a8b 8c8d 8e8f  ................\n"));
  EXPECT_THAT(
      printed,
      HasSubstr("\t\t\t00a0: a0a1 a2a3 a4a5 a6a7 a8a9 aaab acad aeaf  \u00a0¡¢£¤¥¦§¨©ª«¬.®¯\n"));
  EXPECT_THAT(printed, HasSubstr("f8f9 fafb fcfd feff  ðñòóôõö÷øùúûüýþÿ\n"
                                 "\t\t\t....  (extra 4 bytes omitted)\n"));
}

TEST_F(StatTest, as_json_has_the_documents_as_they_are) {
  put_image(
      "{ \"os\": \"linux\", \"architecture\":\"<&>\",\"Unknown\": {\"b\":1.50,\"a\":[ ]},\n"
      "\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",
      config_type, R"(,"layers":[],"vendor":{"z":null})");
  EXPECT_EQ(json(),
            R"({"manifest":{"descriptor":{"mediaType":")" + std::string(manifest_type) +
                R"(","digest":")" + manifest_digest + R"(","size":)" + manifest_size +
                R"(,"annotations":{"org.opencontainers.image.ref.name":"latest"}},)"
                R"("blob":{"schemaVersion":2,"mediaType":")" +
                std::string(manifest_type) + R"(","config":{"mediaType":")" +
                std::string(config_type) + R"(","digest":")" + config_digest + R"(","size":)" +
                config_size +
                R"(},"layers":[],"vendor":{"z":null}}},"config":{"descriptor":{"mediaType":")" +
                std::string(config_type) + R"(","digest":")" + config_digest + R"(","size":)" +
                config_size +
                R"(},"blob":{"os":"linux","architecture":"\u003c\u0026\u003e",)"
                R"("Unknown":{"b":1.50,"a":[]},"config":{},)"
                R"("rootfs":{"type":"layers","diff_ids":[]}}},"history":[]})"
                "\n");
}

TEST_F(StatTest, as_json_gives_each_line_of_history_its_layer) {
  const std::string layer = R"({"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":")" +
                            digest_b + R"(","size":5,"annotations":{"k":"v"}})";
  put_image(
      R"({"architecture":"a","os":"linux","config":{},"rootfs":{"type":"layers",)"
      R"("diff_ids":[")" +
          digest_a +
          R"("]},"history":[{"empty_layer":true,"comment":"c"},{"comment":"<","author":"a",)"
          R"("created_by":"b","created":"2020-01-01T00:00:00.0+00:00","empty_layer":false}]})",
      config_type, R"(,"layers":[)" + layer + "]");
  EXPECT_EQ(member("history").dump(),
            R"([{"layer":null,"diff_id":"","comment":"c","empty_layer":true},)"
            R"({"layer":)" +
                layer + R"(,"diff_id":")" + digest_a +
                R"(","created":"2020-01-01T00:00:00Z","created_by":"b","author":"a",)"
                R"("comment":"\u003c"}])");
}

TEST_F(StatTest, of_an_artifact_shows_what_is_known) {
  put_image("{}", "application/vnd.oci.empty.v1+json", R"(,"layers":[])");
  EXPECT_EQ(member("config.blob").dump(), "{}");
  EXPECT_EQ(member("history").dump(), "\"no such member\"");
  EXPECT_THAT(text(), EndsWith("\n\n== CONFIG ==\n"
                               "Descriptor:\n"
                               "\tMedia Type: application/vnd.oci.empty.v1+json\n"
                               "\tDigest: " +
                               config_digest + "\n\tSize: 2B\n"));

  put_image("not JSON", "application/x.foreign", R"(,"layers":[])");
  EXPECT_EQ(member("config").dump(), "\"no such member\"");
  EXPECT_EQ(member("history").dump(), "\"no such member\"");
  EXPECT_THAT(text(), Not(HasSubstr("== CONFIG ==")));
  EXPECT_THAT(text(), EndsWith("ref.name: latest\n"));
}

TEST_F(StatTest, of_an_artifact_shows_embedded_data_of_any_type) {
  auto layout = open();
  auto config = test::put_document(layout, "application/x.foreign", R"({ "a": 1 })");
  config.data = R"({ "a": 1 })";
  put_manifest(R"({"schemaVersion":2,"config":)" + config.to_json().dump() + R"(,"layers":[]})");
  EXPECT_EQ(member("config.blob").dump(), R"({"a":1})");
  EXPECT_EQ(member("config.descriptor").dump(), config.to_json().dump());
  EXPECT_THAT(text(),
              HasSubstr("\n\n== CONFIG ==\nDescriptor:\n\tMedia Type: application/x.foreign\n"));
}

TEST_F(StatTest, takes_manifests_only) {
  auto layout = open();
  test::tag(layout, "latest", test::put_document(layout, "application/x.foreign", "{}"));
  EXPECT_THAT(run_badly({"stat", "--image", path("layout")}), HasSubstr("application/x.foreign"));
}

TEST_F(StatTest, reads_verified_documents) {
  put_image(R"({"architecture":"a","os":"o","config":{},"rootfs":{"type":"layers","diff_ids":[]}})",
            config_type, R"(,"layers":[])");
  const auto blob = [&](const std::string& digest) {
    return path("layout/blobs/sha256/" + digest.substr(7));
  };
  for (const std::string& digest : {config_digest, manifest_digest}) {
    const std::string good = test::read_file(blob(digest));
    for (const auto& [damage, told] :
         std::map<std::string, std::string>{{"flip", "verified reader digest mismatch"},
                                            {"append", "verified reader size mismatch"},
                                            {"truncate", "verified reader"}}) {
      std::string bad = good;
      if (damage == "flip") bad[bad.size() / 2] ^= 1;
      if (damage == "append") bad += ' ';
      if (damage == "truncate") bad.pop_back();
      test::write_file(blob(digest), bad);
      for (const std::string flag : {"--json=true", "--json=false"}) {
        EXPECT_THAT(run_badly({"stat", flag, "--image", path("layout")}), HasSubstr(told));
      }
    }
    test::write_file(blob(digest), good);
    text();
  }
}

}  // namespace
}  // namespace umoci::cli
