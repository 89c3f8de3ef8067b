// SPDX-License-Identifier: Apache-2.0

// What umoci config can change that umoci 0.6.0 cannot: clearing and removing single things,
// commands as JSON or as one text, the date now.

#include <umoci_test/config_command.hpp>

#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ConfigChangeTest : public ConfigCommandTest {
 protected:
  /// Everything that has a flag, then `more` in a second run.
  void config_full(const Words& more) {
    config({"--config.user=u", "--config.workingdir=/w", "--config.stopsignal=9",
            "--config.exposedports=80/tcp", "--config.exposedports=53", "--config.volume=/v",
            "--config.volume=/w", "--config.env=A=1", "--config.env=B=2", "--config.label=k=1",
            "--config.label=l=2", "--config.entrypoint=e", "--config.cmd=c", "--author=me",
            "--manifest.annotation=x=1", "--manifest.annotation=y=2"});
    config(more);
  }

  std::string annotations() const {
    const auto manifest = oci::Json::parse(manifest_text());
    const auto* found = manifest.find("annotations");
    return found == nullptr ? std::string() : found->dump();
  }
  std::string execution() const { return config_member("config"); }

  /// An image with this configuration.
  void put_config(std::string_view text) {
    auto layout = open();
    const auto config = test::put_document(layout, oci::media_type::image_config, text);
    test::tag(layout, "latest",
              test::put_document(layout, oci::media_type::manifest,
                                 R"({"schemaVersion":2,"config":)" + config.to_json().dump() +
                                     R"(,"layers":[]})"));
  }
};

TEST_F(ConfigChangeTest, clears_by_the_names_that_the_flags_suggest) {
  const std::map<std::string, std::string> members{{"config.label", "config.Labels"},
                                                   {"config.volumes", "config.Volumes"},
                                                   {"config.exposedport", "config.ExposedPorts"},
                                                   {"config.user", "config.User"},
                                                   {"config.workingdir", "config.WorkingDir"},
                                                   {"config.stopsignal", "config.StopSignal"},
                                                   {"author", "author"}};
  for (const auto& [key, cleared] : members) {
    config_full({"--clear", key});
    for (const auto& [_, member] : members) {
      EXPECT_EQ(config_member(member).empty(), member == cleared) << key << " " << member;
    }
    EXPECT_EQ(annotations(), R"({"x":"1","y":"2"})") << key;
  }
  config_full({"--clear=manifest.annotation"});
  EXPECT_EQ(annotations(), "");
}

TEST_F(ConfigChangeTest, clears_all_that_it_can_name) {
  const std::string created = config_member("created");
  config_full({"--config.env=NEW=1", "--clear=all", "--no-history"});
  EXPECT_EQ(execution(), R"({"Env":["NEW=1"]})");
  EXPECT_EQ(config_member("author"), "");
  EXPECT_EQ(annotations(), "");
  // What nobody can clear stays.
  EXPECT_EQ(config_member("created"), created);
  EXPECT_NE(config_member("os"), "");
  EXPECT_NE(history(), "");
}

TEST_F(ConfigChangeTest, tells_the_keys_that_there_are) {
  EXPECT_THAT(refuse({"--clear", "labels"}),
              AllOf(HasSubstr("unknown key \"labels\""), HasSubstr("config.labels, "),
                    HasSubstr(", author, all)")));
}

TEST_F(ConfigChangeTest, removes_single_entries) {
  config_full({"--config.env.rm", "A", "--config.label.rm", "k", "--config.volume.rm=/v",
               "--config.exposedports.rm=80/tcp", "--manifest.annotation.rm=x"});
  EXPECT_EQ(execution(),
            R"({"User":"u","ExposedPorts":{"53":{}},"Env":["B=2"],"Entrypoint":["e"],"Cmd":["c"],)"
            R"("Volumes":{"/w":{}},"WorkingDir":"/w","Labels":{"l":"2"},"StopSignal":"9"})");
  EXPECT_EQ(annotations(), R"({"y":"2"})");
}

TEST_F(ConfigChangeTest, removes_several_entries_and_with_the_last_the_member) {
  config_full({"--config.env.rm=A", "--config.env.rm=B", "--config.label.rm=k",
               "--config.label.rm=l", "--config.volume.rm=/v", "--config.volume.rm=/w",
               "--config.exposedports.rm=80/tcp", "--config.exposedports.rm=53",
               "--manifest.annotation.rm=x", "--manifest.annotation.rm=y"});
  EXPECT_EQ(execution(), R"({"User":"u","Entrypoint":["e"],"Cmd":["c"],"WorkingDir":"/w",)"
                         R"("StopSignal":"9"})");
  EXPECT_EQ(annotations(), "");
}

TEST_F(ConfigChangeTest, clears_then_removes_then_sets) {
  config_full({"--config.env=A=new", "--config.env.rm=A", "--config.label=k=new",
               "--config.label.rm=k", "--clear=config.exposedports", "--config.exposedports=53",
               "--config.exposedports.rm=53", "--manifest.annotation=x=new",
               "--manifest.annotation.rm=x"});
  // A variable that was removed first has lost its place.
  EXPECT_EQ(config_member("config.Env"), R"(["B=2","A=new"])");
  EXPECT_EQ(config_member("config.Labels"), R"({"k":"new","l":"2"})");
  EXPECT_EQ(config_member("config.ExposedPorts"), R"({"53":{}})");
  EXPECT_EQ(annotations(), R"({"x":"new","y":"2"})");
}

TEST_F(ConfigChangeTest, what_is_not_there_need_not_be_removed) {
  config({"--no-history"});
  const std::string before = config_text();
  const Words flags{"--config.env.rm=A", "--config.label.rm=A",
                    "--config.volume.rm=", "--config.exposedports.rm=A",
                    "--manifest.annotation.rm=A"};
  for (const std::string& flag : flags) {
    config({"--no-history", flag});
    EXPECT_EQ(config_text(), before);
    const std::string name = flag.substr(0, flag.find('='));
    const Outcome outcome = run({"--log=info", "config", "--image", image(), "--no-history", flag});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("nothing to remove"), HasSubstr(" flag=" + name)));
  }
}

TEST_F(ConfigChangeTest, removes_every_spelling_of_a_variable_and_nothing_else) {
  put_config(R"({"architecture":"arm","os":"linux","config":{"Env":["A=1","AB=1","A","a=1","A="],)"
             R"("Labels":{"a":null,"b":"1"},"Volumes":{},"ExposedPorts":{"1":{"x":1},"2":{}}},)"
             R"("rootfs":{"type":"layers","diff_ids":[]}})");
  config({"--config.env.rm=A", "--config.label.rm=b", "--config.volume.rm=/v",
          "--config.exposedports.rm=2", "--config.label=c=3"});
  EXPECT_EQ(execution(), R"({"ExposedPorts":{"1":{"x":1}},"Env":["AB=1","a=1"],"Volumes":{},)"
                         R"("Labels":{"a":null,"c":"3"}})");
}

TEST_F(ConfigChangeTest, names_to_remove_must_be_names) {
  EXPECT_THAT(refuse({"--config.env.rm", "A=1"}),
              HasSubstr("invalid --config.env.rm: \"A=1\" is not a name"));
  EXPECT_THAT(refuse({"--config.env.rm="}), HasSubstr("invalid --config.env.rm"));
  EXPECT_THAT(refuse({"--config.label.rm="}), HasSubstr("invalid --config.label.rm"));
}

TEST_F(ConfigChangeTest, takes_commands_as_json) {
  config({"--config.cmd-json", R"( ["sh", "-c", "", "a\n\u00e4\"<"] )",
          R"(--config.entrypoint-json=["-x"])"});
  EXPECT_EQ(config_member("config.Cmd"), R"(["sh","-c","","a\nä\"\u003c"])");
  EXPECT_EQ(config_member("config.Entrypoint"), R"(["-x"])");
  config({"--config.cmd-json=[]", "--config.entrypoint-json", "[ ]"});
  EXPECT_EQ(config_member("config.Cmd"), "");
  EXPECT_EQ(config_member("config.Entrypoint"), "");
}

TEST_F(ConfigChangeTest, takes_no_other_json_for_a_command) {
  for (const std::string flag : {"config.cmd-json", "config.entrypoint-json"}) {
    const std::map<std::string, std::string> reasons{
        {"", "invalid --" + flag},
        {"sh", "invalid --" + flag},
        {R"(["a")", "invalid --" + flag},
        {R"(["a"] x)", "invalid --" + flag},
        {R"(['a'])", "invalid --" + flag},
        {"[\"\xff\"]", "invalid --" + flag},
        {R"({"a":1,"a":1})", "invalid --" + flag},
        {R"("a")", "not an array of strings"},
        {"null", "not an array of strings"},
        {R"({"0":"a"})", "not an array of strings"},
        {R"(["a",1])", "item 1 of the array is not a string"},
        {R"([["a"]])", "item 0 of the array is not a string"},
        {R"([null])", "item 0 of the array is not a string"},
        {R"(["a\u0000b"])", "item 0 of the array contains a NUL"}};
    for (const auto& [value, reason] : reasons) {
      EXPECT_THAT(refuse({"--" + flag, value}), HasSubstr(reason)) << value;
    }
    EXPECT_THAT(refuse({"--" + flag, std::string(5000, '[')}), HasSubstr("document_depth"));
    EXPECT_THAT(refuse({"--limit=document_bytes=5", "--" + flag, R"(["abc"])"}),
                HasSubstr("limit document_bytes exceeded"));
  }
}

TEST_F(ConfigChangeTest, takes_a_command_in_one_form_only) {
  for (const auto& [one, other] : {std::pair{"config.cmd", "config.cmd-json"},
                                   {"config.cmd", "config.cmd-shell"},
                                   {"config.cmd-json", "config.cmd-shell"},
                                   {"config.entrypoint", "config.entrypoint-json"}}) {
    const std::string first = "--" + std::string(one);
    const std::string second = "--" + std::string(other);
    EXPECT_THAT(refuse({second, R"(["a"])", first, R"(["a"])"}),
                HasSubstr(first + " and " + second + " may not be specified together"));
  }
  config({R"(--config.cmd-json=["a"])", "--config.entrypoint=e"});
  EXPECT_EQ(config_member("config.Cmd"), R"(["a"])");
}

TEST_F(ConfigChangeTest, gives_a_text_to_the_shell) {
  config({"--config.cmd-shell", "echo \"$HOME\" && exit"});
  EXPECT_EQ(config_member("config.Cmd"), R"(["/bin/sh","-c","echo \"$HOME\" \u0026\u0026 exit"])");
  config({"--config.cmd-shell=dir", "--platform.os=windows"});
  EXPECT_EQ(config_member("config.Cmd"), R"(["cmd","/S","/C","dir"])");
  EXPECT_THAT(refuse({"--config.cmd-shell="}), HasSubstr("invalid --config.cmd-shell"));
}

TEST_F(ConfigChangeTest, gives_a_text_to_the_shell_of_the_image) {
  const auto put_shell = [&](const std::string& shell) {
    put_config(R"({"architecture":"arm","os":"linux","config":{"Shell":)" + shell +
               R"(},"rootfs":{"type":"layers","diff_ids":[]}})");
  };
  put_shell(R"(["/bin/bash","-o","pipefail","-c"])");
  config({"--config.cmd-shell=a | b"});
  EXPECT_EQ(config_member("config.Cmd"), R"(["/bin/bash","-o","pipefail","-c","a | b"])");
  EXPECT_EQ(config_member("config.Shell"), R"(["/bin/bash","-o","pipefail","-c"])");
  for (const std::string none : {"[]", "null"}) {
    put_shell(none);
    config({"--config.cmd-shell=x"});
    EXPECT_EQ(config_member("config.Cmd"), R"(["/bin/sh","-c","x"])");
  }
  for (const std::string wrong : {"5", R"("/bin/sh")", "[1]", "{}"}) {
    put_shell(wrong);
    EXPECT_THAT(refuse({"--config.cmd-shell=x"}), HasSubstr("config.Shell")) << wrong;
    // Nobody else reads it.
    config({"--config.cmd=x"});
    EXPECT_EQ(config_member("config.Shell"), wrong);
  }
}

TEST_F(ConfigChangeTest, knows_the_date_now) {
  now = "2022-02-02T02:02:02.5+01:00";
  config({"--created=now", "--history.created", "now"});
  EXPECT_EQ(config_member("created"), R"("2022-02-02T02:02:02.5+01:00")");
  EXPECT_THAT(history(), HasSubstr(R"({"created":"2022-02-02T02:02:02.5+01:00",)"));
  environment["SOURCE_DATE_EPOCH"] = "1577836800";
  config({"--created=now", "--history.created=now"});
  EXPECT_EQ(config_member("created"), R"("2020-01-01T00:00:00Z")");
  EXPECT_THAT(history(), HasSubstr(R"({"created":"2020-01-01T00:00:00Z",)"));
  environment["SOURCE_DATE_EPOCH"] = "soon";
  EXPECT_THAT(refuse({"--created=now"}), HasSubstr("SOURCE_DATE_EPOCH=\"soon\""));
  environment["SOURCE_DATE_EPOCH"] = "999999999999999";
  EXPECT_THAT(refuse({"--no-history", "--created=now"}), HasSubstr("SOURCE_DATE_EPOCH=9999"));
}

TEST_F(ConfigChangeTest, warns_of_platforms_that_nobody_knows) {
  const auto warning = [&](const Words& more) {
    const Outcome outcome = run(config_line(more));
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome;
    return outcome.err;
  };
  EXPECT_THAT(warning({"--platform.os", "Linux"}),
              HasSubstr("--platform.os: Go has no name \"Linux\", did you mean linux?"));
  EXPECT_EQ(config_member("os"), "\"Linux\"");
  EXPECT_THAT(warning({"--os", "beos"}), AllOf(HasSubstr("\"beos\""), Not(HasSubstr("mean"))));
  EXPECT_THAT(warning({"--architecture", "x86_64"}),
              HasSubstr("--platform.arch: Go has no name \"x86_64\", did you mean amd64?"));
  EXPECT_THAT(warning({"--platform.arch", "vax"}), HasSubstr("\"vax\""));
  EXPECT_EQ(config_member("architecture"), "\"vax\"");
  config({"--os=windows", "--architecture=arm64"});
  config({"--os=", "--architecture="});
}

TEST_F(ConfigChangeTest, the_entry_of_the_index_follows_the_platform) {
  auto layout = open();
  oci::Descriptor manifest = entry("latest");
  manifest.annotations.clear();
  manifest.platform = oci::Platform{.architecture = "amd64", .os = "linux"};
  run_well(config_line({"--os=linux", "--architecture=amd64", "--platform.variant="}));
  manifest.digest = entry("latest").digest;
  manifest.size_bytes = entry("latest").size_bytes;
  test::tag(layout, "nested", test::put_index(layout, {manifest}));
  run_well(
      {"config", "--image", image("nested"), "--platform.arch", "arm", "--platform.variant", "v7"});
  const auto index = oci::Json::parse(open().blobs().read_document(entry("nested")));
  EXPECT_EQ(index.find("manifests")->if_array()->front().find("platform")->dump(),
            R"({"architecture":"arm","os":"linux","variant":"v7"})");
}

}  // namespace
}  // namespace umoci::cli
