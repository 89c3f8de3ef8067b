// SPDX-License-Identifier: Apache-2.0

// What may be wished of config.json, of `unpack` and of `raw runtime-config` alike.

#include <umoci_test/command_line.hpp>
#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>
#include <unistd.h>

namespace umoci::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

/// With the command that makes the file.
class RuntimeWishesTest : public CommandLineTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override { make_layout(); }

  void configure(const Words& more) {
    Words words{"config", "--image", image()};
    words.insert(words.end(), more.begin(), more.end());
    run_well(words);
  }
  /// Makes the image one without layers and with these members of "config".
  void replace_config(const std::string& execution) {
    store::Layout layout = open();
    const auto config =
        test::put_document(layout, oci::media_type::image_config,
                           R"({"architecture":"amd64","os":"linux","config":{)" + execution +
                               R"(},"rootfs":{"type":"layers","diff_ids":[]}})");
    test::tag(layout, "latest",
              test::put_document(layout, oci::media_type::manifest,
                                 R"({"schemaVersion":2,"config":)" + config.to_json().dump() +
                                     R"(,"layers":[]})"));
  }
  bool is_unpack() const { return std::string(GetParam()) == "unpack"; }
  Words line(const Words& more) const {
    Words words;
    if (is_unpack()) {
      words = {"unpack", "--image", image(), path("bundle")};
      if (::geteuid() != 0) words.emplace_back("--rootless");
    } else {
      stdfs::create_directories(path("bundle/rootfs"));
      if (stdfs::exists(path("tree"))) {
        stdfs::copy(path("tree"), path("bundle/rootfs"), stdfs::copy_options::recursive);
      }
      words = {"raw",
               "runtime-config",
               "--image",
               image(),
               "--rootfs",
               path("bundle/rootfs"),
               path("bundle/config.json")};
    }
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  oci::Json document() const {
    return oci::Json::parse(test::read_file(path("bundle/config.json")));
  }
  Outcome convert(const Words& more) {
    stdfs::remove_all(path("bundle"));
    Outcome outcome = run(line(more));
    EXPECT_EQ(outcome.status, 0) << outcome;
    return outcome;
  }
  std::string member(std::string_view member_path) const {
    const oci::Json json = document();
    const oci::Json* found = find_member(json, member_path);
    return found == nullptr ? "absent" : found->dump();
  }
  std::string last_mount() const { return document().find("mounts")->if_array()->back().dump(); }
  /// A failure that leaves no bundle and no file.
  std::string fail(const Words& more) {
    stdfs::remove_all(path("bundle"));
    const Words words = line(more);
    const auto before = everything();
    const std::string message = run_badly(words);
    EXPECT_EQ(everything(), before) << message;
    return message;
  }
};

INSTANTIATE_TEST_SUITE_P(Of, RuntimeWishesTest, testing::Values("unpack", "runtime_config"),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(RuntimeWishesTest, of_a_template) {
  test::write_file(path("template.json"),
                   R"({"ociVersion":"1.0.2","hostname":"mine","process":{"args":["own"],)"
                   R"("terminal":false,"noNewPrivileges":false},)"
                   R"("linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW"}}})");
  configure({"--config.cmd", "image's"});
  EXPECT_EQ(convert({"--template", path("template.json")}).err, "");
  EXPECT_EQ(member("ociVersion"), R"("1.0.2")");
  EXPECT_EQ(member("hostname"), R"("mine")");
  EXPECT_EQ(member("process.args"), R"(["image's"])");
  EXPECT_EQ(member("process.terminal"), "false");
  EXPECT_EQ(member("process.noNewPrivileges"), "false");
  EXPECT_EQ(member("process.capabilities"), "absent");
  EXPECT_EQ(member("linux.seccomp.defaultAction"), R"("SCMP_ACT_ALLOW")");
  EXPECT_EQ(member("root.path"), R"("rootfs")");
  convert({"--template", path("template.json"), "--terminal"});
  EXPECT_EQ(member("process.terminal"), "true");
}

TEST_P(RuntimeWishesTest, of_a_template_that_is_none) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"", "template"},
      {"[]", "document"},
      {R"({"process":{"env":"A=1"}})", "process.env"},
      {R"({"ociVersion":"1.9.0"})", R"(version "1.9.0" is unsupported: 1.9.0 > 1.3.0)"},
      {R"({"ociVersion":"2.0.0"})", "mismatching major number"},
      {R"({"ociVersion":"latest"})", "is no version"}};
  for (const auto& [text, why] : cases) {
    test::write_file(path("template.json"), text);
    const std::string message = fail({"--template", path("template.json")});
    EXPECT_THAT(message, HasSubstr("template \"" + path("template.json")));
    EXPECT_THAT(message, HasSubstr(why));
  }
  EXPECT_THAT(fail({"--template", path("missing")}), HasSubstr("open template"));
  EXPECT_THAT(fail({"--template", path("layout")}), HasSubstr("is a directory"));
}

TEST_P(RuntimeWishesTest, of_a_profile) {
  convert({});
  const std::string usual = document().dump();
  convert({"--profile", "umoci"});
  EXPECT_EQ(document().dump(), usual);
  convert({"--profile", "minimal"});
  EXPECT_EQ(member("process.capabilities.bounding"), "[]");
  EXPECT_EQ(member("process.noNewPrivileges"), "true");
  configure({"--config.cmd", "image's"});
  convert({"--profile=docker"});
  EXPECT_THAT(member("process.capabilities.bounding"), HasSubstr("CAP_SYS_CHROOT"));
  EXPECT_EQ(member("process.capabilities.ambient"), "absent");
  EXPECT_EQ(member("process.noNewPrivileges"), "absent");
  EXPECT_EQ(member("process.args"), R"(["image's"])");
  convert({"--profile=docker", "--rootless"});
  EXPECT_EQ(member("linux.resources"), "absent");
}

TEST_P(RuntimeWishesTest, of_a_profile_and_a_template) {
  // Neither is there anything to read, nor would it be read.
  EXPECT_THAT(fail({"--profile=docker", "--template", path("missing")}),
              StartsWith("--template and --profile may not be specified together"));
  EXPECT_THAT(fail({"--profile=podman"}),
              HasSubstr(R"(expected umoci, docker or minimal, got "podman")"));
}

TEST_P(RuntimeWishesTest, of_a_version) {
  convert({"--oci-version", "1.2.1"});
  EXPECT_EQ(member("ociVersion"), R"("1.2.1")");
  test::write_file(path("template.json"),
                   R"({"ociVersion":"1.3.0","process":{"scheduler":{"policy":"SCHED_IDLE"}}})");
  convert({"--oci-version=1.1.0", "--template", path("template.json")});
  EXPECT_EQ(member("ociVersion"), R"("1.1.0")");
  EXPECT_THAT(fail({"--oci-version=1.0.2", "--template", path("template.json")}),
              HasSubstr(R"(version "1.0.2" is too old: process.scheduler needs 1.1.0)"));
}

TEST_P(RuntimeWishesTest, of_a_version_that_is_none) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"1.0", "is no version"},
      {"v1.0.0", "is no version"},
      {"2.0.0", "mismatching major number"},
      {"0.9.0", "mismatching major number"},
      {"1.3.1", "1.3.1 > 1.3.0"},
      {"1.0.0-rc5", "is too old: every configuration needs 1.0.0"}};
  for (const auto& [version, why] : cases) {
    // Nothing is read before.
    const std::string message = fail({"--oci-version", version, "--template", path("missing")});
    EXPECT_THAT(message, StartsWith("invalid --oci-version: "));
    EXPECT_THAT(message, HasSubstr(why)) << version;
  }
}

TEST_P(RuntimeWishesTest, of_our_own_file_as_a_template) {
  configure({"--config.volume", "/srv/b", "--config.volume", "/srv/a"});
  for (const char* privilege : {"--rootless", "--rootless=false"}) {
    if (is_unpack() && ::geteuid() != 0 && privilege != std::string("--rootless")) continue;
    convert({privilege});
    const std::string once = test::read_file(path("bundle/config.json"));
    test::write_file(path("template.json"), once);
    EXPECT_EQ(convert({privilege, "--template", path("template.json")}).err, "");
    EXPECT_EQ(test::read_file(path("bundle/config.json")), once);
  }
}

TEST_P(RuntimeWishesTest, of_volumes_that_hide_usual_mounts) {
  configure({"--config.volume", "/proc"});
  EXPECT_THAT(convert({}).err, HasSubstr("volume hides what is mounted into every container"));
  EXPECT_THAT(last_mount(), StartsWith(R"({"destination":"/proc","type":"tmpfs")"));
}

TEST_P(RuntimeWishesTest, for_freebsd) {
  if (is_unpack() && ::geteuid() != 0) GTEST_SKIP() << "cannot be rootless";
  configure({"--platform.os", "freebsd", "--config.volume", "/v"});
  EXPECT_EQ(convert({}).err, "");
  EXPECT_EQ(member("ociVersion"), R"("1.3.0")");
  EXPECT_EQ(member("linux"), "absent");
  EXPECT_EQ(member("process.capabilities"), "absent");
  EXPECT_EQ(member("freebsd.jail.vnet"), R"("new")");
  EXPECT_EQ(document().find("mounts")->if_array()->front().dump(),
            R"({"destination":"/dev","type":"devfs","source":"devfs","options":["ruleset=4"]})");
  EXPECT_THAT(last_mount(), StartsWith(R"({"destination":"/v","type":"tmpfs")"));
  convert({"--oci-version=1.3.0", "--terminal=false", "--volumes=ignore"});
}

TEST_P(RuntimeWishesTest, for_freebsd_that_only_linux_can_have) {
  configure({"--platform.os", "freebsd"});
  test::write_file(path("template.json"), R"({"linux":{"sysctl":{"a":"b"}}})");
  for (const auto& [wishes, what] : std::vector<std::pair<Words, const char*>>{
           {{"--rootless"}, "a rootless runtime configuration"},
           {{"--rootless=false", "--uid-map=0:1:5"}, "mappings of ids"},
           {{"--rootless=false", "--profile=minimal"}, "a profile"},
           {{"--rootless=false", "--volumes=tmpfs-copyup"}, "volumes that the runtime fills"},
           {{"--rootless=false", "--template", path("template.json")},
            "linux, which the template"}}) {
    EXPECT_THAT(fail(wishes),
                HasSubstr("the image is for FreeBSD, but only containers of Linux can "
                          "have " +
                          std::string(what)));
  }
  EXPECT_THAT(fail({"--rootless=false", "--oci-version=1.2.0"}), HasSubstr("FreeBSD needs 1.3.0"));
}

TEST_P(RuntimeWishesTest, of_a_terminal) {
  convert({});
  EXPECT_EQ(member("process.terminal"), "true");
  convert({"--terminal=false"});
  EXPECT_EQ(member("process.terminal"), "false");
  convert({"--terminal"});
  EXPECT_EQ(member("process.terminal"), "true");
}

TEST_P(RuntimeWishesTest, of_volumes) {
  configure({"--config.volume", "/srv/data"});
  convert({});
  EXPECT_EQ(last_mount(), R"({"destination":"/srv/data","type":"tmpfs","source":"none",)"
                          R"("options":["rw","nosuid","nodev","noexec","relatime"]})");
  convert({"--volumes", "tmpfs-copyup"});
  EXPECT_THAT(last_mount(), EndsWith(R"("noexec","relatime","tmpcopyup"]})"));
  convert({"--volume-options", "rw,exec,size=64m"});
  EXPECT_THAT(last_mount(), EndsWith(R"("options":["rw","exec","size=64m"]})"));
  convert({"--volume-options="});
  EXPECT_THAT(last_mount(), EndsWith(R"("source":"none"})"));
  convert({"--volumes=bind:" + path("v") + "/"});
  EXPECT_EQ(last_mount(), R"({"destination":"/srv/data","type":"bind","source":")" + path("v") +
                              R"(/srv/data","options":["rbind","rw","nosuid","nodev"]})");
  convert({"--volumes=bind:relative/../x", "--volume-options", "ro"});
  // What `..` means behind a link only the system knows.
  EXPECT_EQ(last_mount(), R"({"destination":"/srv/data","type":"bind","source":")" +
                              (stdfs::current_path() / "relative/../x").native() +
                              R"(/srv/data","options":["rbind","ro"]})");
  convert({"--volumes=ignore"});
  EXPECT_THAT(last_mount(), Not(HasSubstr("/srv/data")));
}

TEST_P(RuntimeWishesTest, of_volumes_that_contradict_each_other) {
  EXPECT_THAT(fail({"--volumes=ignore", "--volume-options=rw"}),
              HasSubstr("may not be specified together"));
  for (const char* option : {"uid=5", "gid=5"}) {
    EXPECT_THAT(fail({"--rootless", "--volume-options", "rw," + std::string(option)}),
                HasSubstr(option));
  }
}

TEST_P(RuntimeWishesTest, of_malformed_variables) {
  replace_config(R"("Env":["A=1","NOTHING","=x"])");
  EXPECT_THAT(fail({}), HasSubstr(R"(environment variable must contain '=': "NOTHING")"));
  EXPECT_THAT(convert({"--lenient-env"}).err, HasSubstr(R"("NOTHING")"));
  EXPECT_THAT(member("process.env"), EndsWith(R"("TERM=xterm","A=1"])"));
}

TEST_P(RuntimeWishesTest, of_users_that_are_numbers) {
  if (is_unpack() && ::geteuid() != 0) GTEST_SKIP() << "rootless containers have no groups";
  // Of the layer, which is where `unpack` finds them.
  stdfs::create_directories(path("tree/etc"));
  test::write_file(path("tree/etc/passwd"), "u:x:7:8::/home/u:/bin/sh\n");
  test::write_file(path("tree/etc/group"), "g:x:9:u\n");
  run_well({"insert", "--rootless", "--image", image(), path("tree/etc"), "/etc"});
  configure({"--config.user", "7"});
  convert({});
  EXPECT_EQ(member("process.user"), R"({"uid":7,"gid":8,"additionalGids":[9]})");
  convert({"--user-strict"});
  EXPECT_EQ(member("process.user"), R"({"uid":7,"gid":8})");
  EXPECT_THAT(member("process.env"), EndsWith(R"("HOME=/home/u"])"));
}

TEST_P(RuntimeWishesTest, of_an_unknown_user) {
  configure({"--config.user", "nobody-here:users"});
  EXPECT_THAT(fail({}), HasSubstr(R"(unable to find user "nobody-here")"));
  EXPECT_THAT(convert({"--allow-unresolved-user"}).err, HasSubstr("taking root:root"));
  EXPECT_EQ(member("process.user"), R"({"uid":0,"gid":0})");
}

class UnpackWithoutRuntimeConfigTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout();
    run_well({"config", "--image", image(), "--platform.os", "plan9"});
  }
  Words unpack_line(const Words& more) const {
    Words words{"unpack", "--image", image(), path("bundle")};
    if (::geteuid() != 0) words.emplace_back("--rootless");
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(UnpackWithoutRuntimeConfigTest, takes_images_of_other_systems) {
  const auto before = everything();
  EXPECT_THAT(run_badly(unpack_line({})),
              HasSubstr(R"(unsupported OS: "plan9" (--no-runtime-config unpacks it)"));
  EXPECT_EQ(everything(), before);
  run_well(unpack_line({"--no-runtime-config"}));
  EXPECT_FALSE(stdfs::exists(path("bundle/config.json")));
  EXPECT_TRUE(stdfs::is_directory(path("bundle/rootfs")));
  EXPECT_TRUE(stdfs::exists(path("bundle/umoci.json")));
}

TEST_F(UnpackWithoutRuntimeConfigTest, makes_a_bundle_that_can_be_repacked) {
  run_well(unpack_line({"--no-runtime-config"}));
  test::write_file(path("bundle/rootfs/file"), "content");
  run_well({"repack", "--refresh-bundle", "--image", image("new"), path("bundle")});
  EXPECT_EQ(config_member("os", "new"), R"("plan9")");
  const auto manifest = oci::Json::parse(manifest_text("new"));
  EXPECT_EQ(manifest.find("layers")->if_array()->size(), 1U);
  EXPECT_FALSE(stdfs::exists(path("bundle/config.json")));
  run_well({"repack", "--no-history", "--image", image("same"), path("bundle")});
  EXPECT_EQ(entry("same").digest.text(), entry("new").digest.text());
  stdfs::remove_all(path("bundle"));
  Words words = unpack_line({"--no-runtime-config"});
  words[2] = image("new");
  run_well(words);
  EXPECT_EQ(test::read_file(path("bundle/rootfs/file")), "content");
}

TEST_F(UnpackWithoutRuntimeConfigTest, contradicts_wishes_of_one) {
  const auto before = everything();
  for (const std::string wish : {"--template=x", "--profile=umoci", "--oci-version=1.0.0",
                                 "--terminal=false", "--volumes=ignore", "--volume-options=rw",
                                 "--user-strict", "--lenient-env", "--allow-unresolved-user"}) {
    EXPECT_THAT(run_badly(unpack_line({"--no-runtime-config", wish})),
                HasSubstr("--no-runtime-config and " + wish.substr(0, wish.find('=')) +
                          " may not be specified together"));
  }
  EXPECT_EQ(everything(), before);
  run_well({"config", "--image", image(), "--platform.os", "linux"});
  run_well(unpack_line({"--no-runtime-config=false", "--terminal=false"}));
  EXPECT_TRUE(stdfs::exists(path("bundle/config.json")));
}

}  // namespace
}  // namespace umoci::cli
