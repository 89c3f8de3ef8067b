// SPDX-License-Identifier: Apache-2.0

// umoci config: what each flag does to the image.

#include <umoci_test/config_command.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;

class ConfigTest : public ConfigCommandTest {
 protected:
  /// Expects a failure that says `part` and writes nothing.
  void expect_refusal(const Words& more, std::string_view part) {
    EXPECT_THAT(refuse(more), HasSubstr(std::string(part)));
  }
};

// Documents of umoci 0.6.0 for these command lines: digests and sizes are what it wrote.
TEST_F(ConfigTest, writes_the_documents_that_umoci_writes) {
  config({"--no-history", "--created", "2020-01-01T00:00:00Z", "--author", "A <a&b>", "--os",
          "linux", "--architecture", "amd64", "--platform.variant="});
  EXPECT_EQ(config_text(), R"({"created":"2020-01-01T00:00:00Z","author":"A \u003ca\u0026b\u003e",)"
                           R"("architecture":"amd64","os":"linux","config":{},)"
                           R"("rootfs":{"type":"layers","diff_ids":[]}})"
                           "\n");
  EXPECT_EQ(manifest_text(),
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
            R"("config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:)"
            "226813ed3ae9511c8c0a1eb1a7b06a920700d4d40e57e9114ca276a8a7072cfd"
            R"(","size":158},"layers":[]})"
            "\n");
  EXPECT_EQ(entry("latest").digest.text(),
            "sha256:a6f0a518a4691431fbff57215474a23dedaa35375fd13ba24af8183d9878bd1c");
  EXPECT_EQ(entry("latest").size_bytes, 249);
}

TEST_F(ConfigTest, texts_replace_and_an_empty_one_unsets) {
  const std::map<std::string, std::string> members{{"config.user", "config.User"},
                                                   {"config.workingdir", "config.WorkingDir"},
                                                   {"config.stopsignal", "config.StopSignal"},
                                                   {"author", "author"},
                                                   {"platform.variant", "variant"}};
  for (const auto& [flag, member] : members) {
    config({"--" + flag, "first", "--" + flag + "=-x: ä"});
    EXPECT_EQ(config_member(member), "\"-x: ä\"") << flag;
    config({"--" + flag + "="});
    EXPECT_EQ(config_member(member), "") << flag;
  }
}

TEST_F(ConfigTest, os_and_architecture_stay_members_when_empty) {
  for (const std::string flag : {"os", "platform.os"}) {
    config({"--" + flag, "plan9"});
    EXPECT_EQ(config_member("os"), "\"plan9\"");
    config({"--" + flag, ""});
    EXPECT_EQ(config_member("os"), "\"\"");
  }
  for (const std::string flag : {"architecture", "platform.arch"}) {
    config({"--" + flag, "s390x"});
    EXPECT_EQ(config_member("architecture"), "\"s390x\"");
    config({"--" + flag, ""});
    EXPECT_EQ(config_member("architecture"), "\"\"");
  }
  expect_refusal({"--os", "x", "--platform.os", "y"}, "two forms");
  expect_refusal({"--architecture", "x", "--platform.arch", "y"}, "two forms");
}

TEST_F(ConfigTest, sets_grow) {
  config({"--config.exposedports", "80/tcp", "--config.exposedports=53", "--config.volume", "/b",
          "--config.volume", "/a"});
  config({"--config.exposedports", "80/tcp", "--config.volume", "relative, with comma"});
  EXPECT_EQ(config_member("config.ExposedPorts"), R"({"53":{},"80/tcp":{}})");
  EXPECT_EQ(config_member("config.Volumes"), R"({"/a":{},"/b":{},"relative, with comma":{}})");
}

TEST_F(ConfigTest, variables_are_replaced_in_place) {
  config({"--config.env", "A=1", "--config.env", "B=", "--config.env", "A=2", "--config.env",
          "C=x=y"});
  EXPECT_EQ(config_member("config.Env"), R"(["A=2","B=","C=x=y"])");
  config({"--config.env=B=3", "--config.env", "a=lower", "--config.env", "AB=not A"});
  EXPECT_EQ(config_member("config.Env"), R"(["A=2","B=3","C=x=y","a=lower","AB=not A"])");
}

TEST_F(ConfigTest, labels_and_annotations_are_sorted_by_key) {
  config({"--config.label", "b=2", "--config.label", "a=1=1", "--config.label",
          "b=", "--manifest.annotation", "y=2", "--manifest.annotation", "x=1"});
  EXPECT_EQ(config_member("config.Labels"), R"({"a":"1=1","b":""})");
  const auto manifest = oci::Json::parse(manifest_text());
  EXPECT_EQ(manifest.find("annotations")->dump(), R"({"x":"1","y":"2"})");
  // The name may be empty here, as ever.
  config({"--manifest.annotation", "=v"});
  EXPECT_EQ(oci::Json::parse(manifest_text()).find("annotations")->dump(),
            R"({"":"v","x":"1","y":"2"})");
}

TEST_F(ConfigTest, assignments_need_a_name_and_an_equals_sign) {
  for (const std::string flag : {"config.env", "config.label"}) {
    for (const std::string value : {"A", "=A", "", "="}) {
      expect_refusal({"--" + flag, value}, "invalid --" + flag);
    }
  }
  // umoci 0.6.0 crashes.
  expect_refusal({"--manifest.annotation", "k"}, "invalid --manifest.annotation: \"k\"");
  expect_refusal({"--manifest.annotation", ""}, "invalid --manifest.annotation: \"\"");
}

TEST_F(ConfigTest, words_replace_the_whole_list) {
  config({"--config.cmd", "a,b", "--config.entrypoint=x", "--config.entrypoint", "-y"});
  EXPECT_EQ(config_member("config.Entrypoint"), R"(["x","-y"])");
  EXPECT_EQ(config_member("config.Cmd"), R"(["a,b"])");
  config({"--config.cmd", "--image", "--config.cmd", "-c"});
  EXPECT_EQ(config_member("config.Entrypoint"), R"(["x","-y"])");
  EXPECT_EQ(config_member("config.Cmd"), R"(["--image","-c"])");
  config({"--config.entrypoint", "z"});
  EXPECT_EQ(config_member("config.Entrypoint"), R"(["z"])");
  EXPECT_EQ(config_member("config.Cmd"), R"(["--image","-c"])");
  config({"--config.cmd", ""});
  EXPECT_EQ(config_member("config.Cmd"), R"([""])");
}

TEST_F(ConfigTest, clears_what_it_is_told_and_no_more) {
  const std::map<std::string, std::string> members{
      {"config.labels", "config.Labels"}, {"config.exposedports", "config.ExposedPorts"},
      {"config.env", "config.Env"},       {"config.volume", "config.Volumes"},
      {"config.cmd", "config.Cmd"},       {"config.entrypoint", "config.Entrypoint"}};
  config({"--config.label=a=b", "--config.exposedports=1", "--config.env=A=B", "--config.volume=/v",
          "--config.cmd=c", "--config.entrypoint=e", "--manifest.annotation=a=b", "--tag=full"});
  for (const auto& [key, member] : members) {
    run_well({"config", "--image", image("full"), "--tag", "cleared", "--clear", key});
    for (const auto& [other_key, other] : members) {
      EXPECT_EQ(config_member(other, "cleared") == "", other_key == key) << key << " " << other;
    }
    EXPECT_THAT(manifest_text("cleared"), HasSubstr(R"("annotations":{"a":"b"})"));
  }
  run_well(
      {"config", "--image", image("full"), "--tag", "cleared", "--clear=manifest.annotations"});
  EXPECT_THAT(manifest_text("cleared"), ::testing::Not(HasSubstr("annotations")));
}

TEST_F(ConfigTest, clears_before_it_sets_wherever_that_stands) {
  config({"--config.env", "OLD=1", "--config.cmd", "old", "--manifest.annotation", "old=1"});
  config({"--config.env", "A=1", "--clear", "config.env", "--config.cmd=new", "--clear=config.cmd",
          "--manifest.annotation", "new=1", "--clear", "manifest.annotations"});
  EXPECT_EQ(config_member("config.Env"), R"(["A=1"])");
  EXPECT_EQ(config_member("config.Cmd"), R"(["new"])");
  EXPECT_THAT(manifest_text(), HasSubstr(R"("annotations":{"new":"1"})"));
}

TEST_F(ConfigTest, knows_its_clear_keys) {
  for (const std::string key :
       {"config.env,config.cmd", "", "config.Env", "config", "labels", "created", "platform.os"}) {
    expect_refusal({"--clear", key}, "unknown key");
  }
  expect_refusal({"--clear", "rootfs.diffids"}, "rootfs.diffids");
}

TEST_F(ConfigTest, created_changes_only_on_request) {
  const std::string created = config_member("created");
  EXPECT_EQ(created, "\"2021-03-04T05:06:07.089+05:30\"");
  now = "2022-02-02T02:02:02Z";
  environment["SOURCE_DATE_EPOCH"] = "5";
  config({});
  EXPECT_EQ(config_member("created"), created);
  environment.clear();
  const std::map<std::string, std::string> dates{
      {"2020-01-01T00:00:00.500+05:30", "2020-01-01T00:00:00.5+05:30"},
      {"2020-01-01T00:00:00+00:00", "2020-01-01T00:00:00Z"},
      {"2020-01-01T00:00:00,123456789-11:59", "2020-01-01T00:00:00.123456789-11:59"},
      {"2020-02-29T4:00:00Z", "2020-02-29T04:00:00Z"},
      {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"}};
  for (const auto& [given, written] : dates) {
    config({"--created", given});
    EXPECT_EQ(config_member("created"), "\"" + written + "\"");
    config({"--created=2000-01-01T00:00:00Z", "--history.created", given});
    EXPECT_THAT(history(),
                ::testing::EndsWith(R"({"created":")" + written +
                                    R"(","created_by":"umoci config","empty_layer":true}])"));
  }
}

TEST_F(ConfigTest, dates_must_be_dates) {
  for (const std::string date :
       {"", "Now", "now ", "2020-01-01", "2020-01-01T00:00:00", "2020-01-01t00:00:00Z",
        "2020-01-01T00:00:00z", "2020-01-01T00:00:00+0000", "2020-01-01T00:00:60Z",
        "2020-01-01T24:00:00Z", "2021-02-29T00:00:00Z", "2020-13-01T00:00:00Z", "1577836800",
        "2020-01-01T00:00:00Z ", "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00+24:00"}) {
    expect_refusal({"--created", date}, "parsing --created");
    expect_refusal({"--history.created", date}, "parsing --history.created");
  }
}

TEST_F(ConfigTest, every_run_is_a_line_of_history) {
  config({"--author", "me"});
  EXPECT_EQ(history(), R"([{"created":"2021-03-04T05:06:07.089+05:30","created_by":"umoci config",)"
                       R"("author":"me","empty_layer":true}])");
  environment["SOURCE_DATE_EPOCH"] = "1577836800";
  config(
      {"--history.author", "you", "--history.comment=why", "--history.created_by", "umoci x -y"});
  EXPECT_THAT(history(),
              ::testing::EndsWith(R"(,{"created":"2020-01-01T00:00:00Z","created_by":"umoci x -y",)"
                                  R"("author":"you","comment":"why","empty_layer":true}])"));
  const auto before = history();
  config({"--no-history", "--config.user=u"});
  EXPECT_EQ(history(), before);
  config({"--no-history=false", "--history.author=", "--history.created_by="});
  EXPECT_THAT(history(),
              ::testing::EndsWith(R"(,{"created":"2020-01-01T00:00:00Z","empty_layer":true}])"));
}

TEST_F(ConfigTest, source_date_epoch_may_lie_before_1970) {
  const std::map<std::string, std::string> epochs{{"+5", "1970-01-01T00:00:05Z"},
                                                  {"-5", "1969-12-31T23:59:55Z"},
                                                  {"0", "1970-01-01T00:00:00Z"},
                                                  {"0005", "1970-01-01T00:00:05Z"},
                                                  {"", "2021-03-04T05:06:07.089+05:30"}};
  for (const auto& [epoch, written] : epochs) {
    environment["SOURCE_DATE_EPOCH"] = epoch;
    config({});
    EXPECT_THAT(history(),
                ::testing::EndsWith("{\"created\":\"" + written +
                                    R"(","created_by":"umoci config","empty_layer":true}])"));
  }
  // A year that JSON dates cannot say, unless nothing asks for it.
  environment["SOURCE_DATE_EPOCH"] = "999999999999999";
  expect_refusal({}, "SOURCE_DATE_EPOCH=999999999999999");
  config({"--history.created=2020-01-01T00:00:00Z"});
  config({"--no-history"});
}

TEST_F(ConfigTest, nothing_given_is_a_new_image_all_the_same) {
  const std::string before = config_text();
  config({"--no-history"});
  EXPECT_EQ(config_text(), before);
  config({});
  EXPECT_NE(config_text(), before);
}

TEST_F(ConfigTest, another_tag_leaves_the_image_as_it_was) {
  run_well({"new", "--image", image("third")});
  const std::string before = manifest_text();
  config({"--tag", "other", "--config.user=u"});
  EXPECT_EQ(manifest_text(), before);
  EXPECT_EQ(config_member("config.User", "other"), "\"u\"");
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "latest\nthird\nother\n");
}

}  // namespace
}  // namespace umoci::cli
