// SPDX-License-Identifier: Apache-2.0
// Documents written by umoci 0.4.7 keep their bytes when we write them, and ours are like its own.
#include <umoci/oci/image_config.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/oci/manifest.hpp>

#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

namespace umoci::oci {
namespace {

class GoProgram : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::has_program("umoci")) GTEST_SKIP() << "umoci is not installed";
    call({"init", "--layout", layout_});
    call({"new", "--image", layout_ + ":tag"});
  }

  static void call(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "umoci");
    const test::ProgramResult result = test::run_program(arguments);
    ASSERT_EQ(result.status, 0) << result.err;
  }

  void configure(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"config", "--image", layout_ + ":tag"});
    call(arguments);
  }

  [[nodiscard]] std::string index() const { return test::read_file(layout_ + "/index.json"); }
  [[nodiscard]] std::string blob(const Descriptor& descriptor) const {
    return test::read_file(layout_ + "/blobs/sha256/" + std::string(descriptor.digest.encoded()));
  }
  [[nodiscard]] std::string manifest() const {
    return blob(Index::parse_top_level(index()).manifests.at(0));
  }
  [[nodiscard]] std::string image_config() const {
    return blob(Manifest::parse(manifest()).config);
  }

  test::TemporaryDirectory directory_;
  std::string layout_ = directory_ / "layout";
};

TEST_F(GoProgram, WritesWhatWeWrite) {
  configure({"--no-history",
             "--created",
             "2020-01-01T00:00:00.120+01:00",
             "--author",
             "<\u00e9&\u2028\x7f\"\\'/\t\x01>",
             "--architecture",
             "arm",
             "--os",
             "plan9",
             "--config.user",
             "u:g",
             "--config.workingdir",
             "/w",
             "--config.stopsignal",
             "9",
             "--config.env",
             "B=2",
             "--config.env",
             "A=",
             "--config.entrypoint",
             "/e",
             "--config.cmd",
             "c",
             "--config.cmd",
             "d",
             "--config.exposedports",
             "80/tcp",
             "--config.exposedports",
             "443/tcp",
             "--config.volume",
             "/z",
             "--config.volume",
             "/a",
             "--config.label",
             "z=1",
             "--config.label",
             "a=",
             "--manifest.annotation",
             "k=<v>",
             "--manifest.annotation",
             "b=1"});
  ImageConfig config("arm", "plan9");
  config.set_created("2020-01-01T00:00:00.12+01:00");
  config.set_author("<\u00e9&\u2028\x7f\"\\'/\t\x01>");
  config.set_user("u:g");
  config.set_working_dir("/w");
  config.set_stop_signal("9");
  config.set_env({"B=2", "A="});
  config.set_entrypoint({"/e"});
  config.set_cmd({"c", "d"});
  for (const char* port : {"80/tcp", "443/tcp"}) config.add_exposed_port(port);
  for (const char* volume : {"/z", "/a"}) config.add_volume(volume);
  config.set_labels({{"z", "1"}, {"a", ""}});
  EXPECT_EQ(config.dump(), image_config());

  Manifest written;
  written.config = Manifest::parse(manifest()).config;
  written.annotations = {{"k", "<v>"}, {"b", "1"}};
  EXPECT_EQ(written.dump(), manifest());
}

TEST_F(GoProgram, KeepsItsBytesThroughUs) {
  // Its configurations have a history, its manifests layers, its index annotations.
  test::write_file(directory_ / "file", std::string(5000, 'x'));
  call({"insert", "--image", layout_ + ":tag", directory_ / "file", "/file"});
  configure({"--config.env", "A=1", "--history.comment", "<c>", "--history.author", "a"});
  configure({"--tag", "other", "--clear", "config.env"});

  EXPECT_EQ(ImageConfig::parse(image_config()).history().size(), 2U);
  EXPECT_EQ(ImageConfig::parse(image_config()).dump(), image_config());
  EXPECT_EQ(Manifest::parse(manifest()).layers.size(), 1U);
  EXPECT_EQ(Manifest::parse(manifest()).dump(), manifest());

  // Only that it writes no mediaType into the index.
  std::string expected = index();
  const std::string version = R"({"schemaVersion":2,)";
  ASSERT_TRUE(expected.starts_with(version));
  expected.insert(version.size(), R"("mediaType":"application/vnd.oci.image.index.v1+json",)");
  EXPECT_EQ(Index::parse_top_level(index()).manifests.size(), 2U);
  EXPECT_EQ(Index::parse_top_level(index()).dump(), expected);
}

}  // namespace
}  // namespace umoci::oci
