// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/image_config.hpp>

#include <umoci/base/error.hpp>
#include <umoci/digest/hasher.hpp>

#include <gmock/gmock.h>

namespace umoci::oci {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Strings = std::vector<std::string>;

std::string digest_of(std::string_view text) { return digest::digest_of(text).text(); }

TEST(ImageConfig, HasTheBytesOfTheGoProgram) {
  ImageConfig config("amd64", "linux");
  config.set_created("2023-11-14T22:13:20Z");
  EXPECT_EQ(config.dump(),
            R"({"created":"2023-11-14T22:13:20Z","architecture":"amd64","os":"linux","config":{},)"
            R"("rootfs":{"type":"layers","diff_ids":[]}})"
            "\n");
  EXPECT_EQ(digest_of(config.dump()),
            "sha256:31874c9f48cb301a5abda778269041bbd98c692a987f80b52670c605eecfb55d");

  config.set_created("2020-01-01T00:00:00Z");
  config.set_author("A <a&b>");
  EXPECT_EQ(config.dump().size(), 158U);
  EXPECT_EQ(digest_of(config.dump()),
            "sha256:226813ed3ae9511c8c0a1eb1a7b06a920700d4d40e57e9114ca276a8a7072cfd");
}

constexpr std::string_view full =
    R"({"created":"2020-01-01T00:00:00.1+01:00","author":"me","architecture":"arm","os":"linux",)"
    R"("os.version":"1","os.features":["f"],"variant":"v7","config":{"User":"u:g",)"
    R"("ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Env":["A=1","B="],"Entrypoint":["/e"],)"
    R"("Cmd":["c","d"],"Volumes":{"/v":{}},"WorkingDir":"/w","Labels":{"a":"1","b":""},)"
    R"("StopSignal":"SIGINT","ArgsEscaped":true},)"
    R"("rootfs":{"type":"layers","diff_ids":["sha256:aa","x"]},)"
    R"("history":[{"created":"2020-01-01T00:00:00Z","created_by":"cb","author":"ha",)"
    R"("comment":"hc","empty_layer":true},{}]})"
    "\n";

TEST(ImageConfig, ReadsEachMember) {
  const ImageConfig config = ImageConfig::parse(full);
  EXPECT_EQ(config.created(), "2020-01-01T00:00:00.1+01:00");
  EXPECT_EQ(config.author(), "me");
  EXPECT_EQ(config.architecture(), "arm");
  EXPECT_EQ(config.os(), "linux");
  EXPECT_EQ(config.os_version(), "1");
  EXPECT_EQ(config.os_features(), Strings{"f"});
  EXPECT_EQ(config.variant(), "v7");
  EXPECT_EQ(config.platform(), (Platform{.architecture = "arm",
                                         .os = "linux",
                                         .os_version = "1",
                                         .os_features = {"f"},
                                         .variant = "v7"}));
  EXPECT_EQ(config.user(), "u:g");
  EXPECT_EQ(config.exposed_ports(), (Strings{"443/tcp", "80/tcp"}));
  EXPECT_EQ(config.env(), (Strings{"A=1", "B="}));
  EXPECT_EQ(config.entrypoint(), Strings{"/e"});
  EXPECT_EQ(config.cmd(), (Strings{"c", "d"}));
  EXPECT_EQ(config.volumes(), Strings{"/v"});
  EXPECT_EQ(config.working_dir(), "/w");
  EXPECT_EQ(config.labels(), (std::map<std::string, std::string>{{"a", "1"}, {"b", ""}}));
  EXPECT_EQ(config.stop_signal(), "SIGINT");
  EXPECT_TRUE(config.args_escaped());
  EXPECT_EQ(config.rootfs_type(), "layers");
  EXPECT_THAT(config.diff_ids(), ElementsAre(digest::Digest("sha256:aa"), digest::Digest("x")));
  EXPECT_THAT(config.history(), ElementsAre(History{.created = "2020-01-01T00:00:00Z",
                                                    .created_by = "cb",
                                                    .author = "ha",
                                                    .comment = "hc",
                                                    .empty_layer = true},
                                            History{}));
  EXPECT_EQ(config.dump(), full);
}

TEST(ImageConfig, ReadsMissingAndNullMembersAsEmpty) {
  for (const char* text :
       {"{}", R"({"created":null,"author":null,"config":null,"history":null,"rootfs":{}})",
        R"({"config":{"Env":null,"Labels":null,"Volumes":null,"ArgsEscaped":null,"User":null}})"}) {
    const ImageConfig config = ImageConfig::parse(text);
    EXPECT_EQ(config.created(), std::nullopt);
    EXPECT_EQ(config.author(), "");
    EXPECT_EQ(config.os(), "");
    EXPECT_EQ(config.env(), Strings{});
    EXPECT_EQ(config.volumes(), Strings{});
    EXPECT_TRUE(config.labels().empty());
    EXPECT_TRUE(config.diff_ids().empty());
    EXPECT_TRUE(config.history().empty());
    EXPECT_FALSE(config.args_escaped());
  }
}

TEST(ImageConfig, WritesKnownMembersFirstAndInOrder) {
  const std::string text =
      R"({"z":0,"history":[{"x":1,"empty_layer":false,"created_by":"b"}],)"
      R"("rootfs":{"y":2,"diff_ids":[],"type":"layers"},"config":{"Shell":["/s"],"Cmd":[],)"
      R"("Volumes":{"/b":{},"/a":{}},"Env":null,"AttachStdin":false,"Labels":{"b":"","a":null}},)"
      R"("container":"c","os":"linux","architecture":"amd64","created":"t"})";
  EXPECT_EQ(ImageConfig::parse(text).dump(),
            R"({"created":"t","architecture":"amd64","os":"linux",)"
            R"("config":{"Env":null,"Cmd":[],"Volumes":{"/a":{},"/b":{}},)"
            R"("Labels":{"a":null,"b":""},"Shell":["/s"],"AttachStdin":false},)"
            R"("rootfs":{"type":"layers","diff_ids":[],"y":2},)"
            R"("history":[{"created_by":"b","empty_layer":false,"x":1}],"z":0,"container":"c"})"
            "\n");
}

TEST(ImageConfig, CompletesWhatEveryConfigurationHas) {
  constexpr const char* smallest =
      R"({"architecture":"","os":"","config":{},"rootfs":{"type":"layers","diff_ids":[]}})"
      "\n";
  EXPECT_EQ(ImageConfig::parse("{}").dump(), smallest);
  EXPECT_EQ(ImageConfig::parse(R"({"config":null,"rootfs":{"diff_ids":null}})").dump(), smallest);
}

/// What Docker 1.13 and BuildKit add to the specification's members.
constexpr std::string_view docker =
    R"({"architecture":"amd64","config":{"Hostname":"h","Domainname":"","User":"","AttachStdin":)"
    R"(false,"Tty":false,"ExposedPorts":{"80/tcp":{"x":1}},"Env":["PATH=/bin"],"Cmd":null,)"
    R"("Healthcheck":{"Test":["CMD","x"],"Interval":30000000000},"Image":"sha256:00",)"
    R"("Volumes":null,"Entrypoint":["/e"],"OnBuild":["RUN a \u0026\u0026 b"],"Labels":{},)"
    R"("Shell":["/bin/sh"],"StopTimeout":10,"MacAddress":"","NetworkDisabled":true},)"
    R"("container":"abc","container_config":{"Hostname":"x","Cmd":["/bin/sh"],"b":1,"a":2.50},)"
    R"("created":"2019-01-01T00:00:00.123456789Z","docker_version":"1.13.1","history":[{"created":)"
    R"("2019-01-01T00:00:00Z","created_by":"x","vendor":[1]}],"id":"i","os":"linux","parent":"p",)"
    R"("rootfs":{"type":"layers","diff_ids":["sha256:00"],"base_layer":"b"},)"
    R"("moby.buildkit.buildinfo.v1":"eyJ9","throwaway":true})";

bool same_members(const Json& left, const Json& right);

bool same_values(const Json::Array& left, const Json::Array& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), same_members);
}

/// Equality but for the order of members.
bool same_members(const Json& left, const Json& right) {
  if (left.if_array() != nullptr && right.if_array() != nullptr) {
    return same_values(*left.if_array(), *right.if_array());
  }
  const Json::Object* members = left.if_object();
  if (members == nullptr || right.if_object() == nullptr) return left == right;
  if (members->size() != right.if_object()->size()) return false;
  return std::all_of(members->begin(), members->end(), [&](const Json::Member& member) {
    const Json* other = right.find(member.first);
    return other != nullptr && same_members(member.second, *other);
  });
}

TEST(ImageConfig, OfDockerSurvivesMemberByMember) {
  const Json before = Json::parse(docker);
  ImageConfig config = ImageConfig::parse(docker);
  EXPECT_TRUE(same_members(Json::parse(config.dump()), before));

  config.set_author("somebody");
  config.add_exposed_port("80/tcp");
  config.append_diff_id(digest::Digest("sha256:11"));
  config.append_history({.created_by = "umoci"});
  Json after = Json::parse(config.dump());
  EXPECT_FALSE(same_members(after, before));
  after.erase("author");
  after.find("rootfs")->find("diff_ids")->if_array()->pop_back();
  after.find("history")->if_array()->pop_back();
  EXPECT_TRUE(same_members(after, before));
}

TEST(ImageConfig, EditsOneMemberAtATime) {
  ImageConfig config("amd64", "linux");
  config.set_variant("v2");
  config.set_user("u");
  config.set_working_dir("/w");
  config.set_stop_signal("SIGINT");
  config.set_env({"A=1"});
  config.set_entrypoint({"e"});
  config.set_cmd({"c"});
  config.add_exposed_port("80");
  config.add_exposed_port("443");
  config.add_volume("/v");
  config.set_labels({{"l", "1"}});
  config.append_diff_id(digest::Digest("sha256:aa"));
  config.append_history({.created = "t", .created_by = "c", .author = "a", .comment = "m"});
  config.append_history({.empty_layer = true});
  EXPECT_EQ(config.dump(),
            R"({"architecture":"amd64","os":"linux","variant":"v2","config":{"User":"u",)"
            R"("ExposedPorts":{"443":{},"80":{}},"Env":["A=1"],"Entrypoint":["e"],"Cmd":["c"],)"
            R"("Volumes":{"/v":{}},"WorkingDir":"/w","Labels":{"l":"1"},"StopSignal":"SIGINT"},)"
            R"("rootfs":{"type":"layers","diff_ids":["sha256:aa"]},"history":[{"created":"t",)"
            R"("created_by":"c","author":"a","comment":"m"},{"empty_layer":true}]})"
            "\n");

  config.set_variant("");
  config.set_user("");
  config.set_working_dir("");
  config.set_stop_signal("");
  config.set_env({});
  config.set_entrypoint({});
  config.set_cmd({});
  config.clear_exposed_ports();
  config.clear_volumes();
  config.set_labels({});
  config.set_architecture("");
  config.set_os("plan9");
  EXPECT_THAT(config.dump(), HasSubstr(R"({"architecture":"","os":"plan9","config":{},"rootfs")"));
}

TEST(ImageConfig, EditsDocumentsWithoutTheSection) {
  for (const char* text : {"{}", R"({"config":null,"history":null,"rootfs":{"diff_ids":null}})",
                           R"({"config":{"Volumes":null}})"}) {
    ImageConfig config = ImageConfig::parse(text);
    config.add_volume("/v");
    config.append_diff_id(digest::Digest("d"));
    config.append_history({});
    EXPECT_EQ(config.dump(), R"({"architecture":"","os":"","config":{"Volumes":{"/v":{}}},)"
                             R"("rootfs":{"type":"layers","diff_ids":["d"]},"history":[{}]})"
                             "\n");
  }
}

class NoImageConfig : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(NoImageConfig, IsRejected) {
  try {
    static_cast<void>(ImageConfig::parse(GetParam().first));
    ADD_FAILURE() << "accepted: " << GetParam().first;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    EXPECT_STREQ(error.what(), GetParam().second);
  }
}

INSTANTIATE_TEST_SUITE_P(
    ImageConfig, NoImageConfig,
    testing::Values(
        std::pair("null", "document is null, not an object"),
        std::pair("[]", "document is an array, not an object"),
        std::pair(R"({"os":null})", "os is null but is required"),
        std::pair(R"({"architecture":null})", "architecture is null but is required"),
        std::pair(R"({"rootfs":null})", "rootfs is null but is required"),
        std::pair(R"({"rootfs":{"type":null}})", "rootfs.type is null but is required"),
        std::pair(R"({"os":1})", "os is a number, not a string"),
        std::pair(R"({"created":1})", "created is a number, not a string"),
        std::pair(R"({"os.features":"x"})", R"(["os.features"] is a string, not an array)"),
        std::pair(R"({"config":[]})", "config is an array, not an object"),
        std::pair(R"({"config":{"User":0}})", "config.User is a number, not a string"),
        std::pair(R"({"config":{"Env":"A=1"}})", "config.Env is a string, not an array"),
        std::pair(R"({"config":{"Env":["A=1",{}]}})", "config.Env[1] is an object, not a string"),
        std::pair(R"({"config":{"Entrypoint":[null]}})",
                  "config.Entrypoint[0] is null, not a string"),
        std::pair(R"({"config":{"Cmd":{}}})", "config.Cmd is an object, not an array"),
        std::pair(R"({"config":{"Volumes":["/v"]}})", "config.Volumes is an array, not an object"),
        std::pair(R"({"config":{"Volumes":{"/v":1}}})",
                  R"(config.Volumes["/v"] is a number, not an object)"),
        std::pair(R"({"config":{"Labels":{"a":1}}})", "config.Labels.a is a number, not a string"),
        std::pair(R"({"config":{"ArgsEscaped":"x"}})",
                  "config.ArgsEscaped is a string, not a boolean"),
        std::pair(R"({"rootfs":[]})", "rootfs is an array, not an object"),
        std::pair(R"({"rootfs":{"diff_ids":"x"}})", "rootfs.diff_ids is a string, not an array"),
        std::pair(R"({"rootfs":{"diff_ids":["a",1]}})",
                  "rootfs.diff_ids[1] is a number, not a string"),
        std::pair(R"({"history":{}})", "history is an object, not an array"),
        std::pair(R"({"history":[{},null]})", "history[1] is null, not an object"),
        std::pair(R"({"history":[{"empty_layer":"no"}]})",
                  "history[0].empty_layer is a string, not a boolean"),
        std::pair(R"({"history":[{"created_by":[]}]})",
                  "history[0].created_by is an array, not a string"),
        std::pair(R"({"config":{"x":{"a":1,"a":1}}})", "duplicate member config.x.a")));

constexpr std::string_view entries =
    R"({"config":{"Env":["A=1","B=2","A","AB=3","A="],"Volumes":{"/a":{},"/b":{"x":1}},)"
    R"("ExposedPorts":{"80":{},"81":null},"Labels":{"a":null,"b":"1","a.b":""}}})";

TEST(ImageConfig, RemovesEntriesAndLeavesTheOthersAlone) {
  ImageConfig config = ImageConfig::parse(entries);
  EXPECT_TRUE(config.remove_env("A"));
  EXPECT_TRUE(config.remove_volume("/a"));
  EXPECT_TRUE(config.remove_exposed_port("80"));
  EXPECT_TRUE(config.remove_label("b"));
  config.set_label("c", "2");
  EXPECT_EQ(config.json().find("config")->dump(),
            R"({"Env":["B=2","AB=3"],"Volumes":{"/b":{"x":1}},"ExposedPorts":{"81":null},)"
            R"("Labels":{"a":null,"a.b":"","c":"2"}})");
}

TEST(ImageConfig, RemovesTheMemberWithItsLastEntry) {
  ImageConfig config = ImageConfig::parse(
      R"({"config":{"Env":["A"],"Volumes":{"/a":{}},"ExposedPorts":{"1":{}},"Labels":{"":""}}})");
  EXPECT_TRUE(config.remove_env("A"));
  EXPECT_TRUE(config.remove_volume("/a"));
  EXPECT_TRUE(config.remove_exposed_port("1"));
  EXPECT_TRUE(config.remove_label(""));
  EXPECT_EQ(config.json().find("config")->dump(), "{}");
}

TEST(ImageConfig, RemovesNothingThatIsNotThere) {
  for (const std::string_view text :
       {entries, std::string_view("{}"), std::string_view(R"({"config":null})"),
        std::string_view(
            R"({"config":{"Env":[],"Volumes":{},"ExposedPorts":null,"Labels":null}})")}) {
    ImageConfig config = ImageConfig::parse(text);
    for (const std::string_view name : {"", "/", "a.", "B=2", "b="}) {
      EXPECT_FALSE(config.remove_env(name));
      EXPECT_FALSE(config.remove_volume(name));
      EXPECT_FALSE(config.remove_exposed_port(name));
      EXPECT_FALSE(config.remove_label(name));
    }
    EXPECT_EQ(config.json(), Json::parse(text));
  }
}

TEST(ImageConfig, KnowsDockersShellIfItIsOne) {
  const auto shell = [](const std::string& text) {
    return ImageConfig::parse(R"({"config":{"Shell":)" + text + "}}").shell();
  };
  EXPECT_EQ(shell(R"(["/bin/sh","-c"])"), (Strings{"/bin/sh", "-c"}));
  EXPECT_EQ(shell("[]"), Strings{});
  EXPECT_EQ(shell("null"), Strings{});
  EXPECT_EQ(ImageConfig::parse("{}").shell(), Strings{});
  EXPECT_EQ(ImageConfig::parse(R"({"config":null})").shell(), Strings{});
  try {
    static_cast<void>(shell(R"(["a",1])"));
    ADD_FAILURE() << "a number is no word";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("config.Shell[1] is a number, not a string"));
  }
}

}  // namespace
}  // namespace umoci::oci
