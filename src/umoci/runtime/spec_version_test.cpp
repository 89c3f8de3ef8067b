// SPDX-License-Identifier: Apache-2.0
// Which versions of the runtime-spec there are, and which one a configuration needs.
#include <umoci/runtime/spec_version.hpp>

#include <umoci/base/error.hpp>
#include <umoci/runtime/convert.hpp>

#include <gmock/gmock.h>

namespace umoci::runtime {
namespace {

using oci::ImageConfig;
using oci::Json;
using testing::HasSubstr;

TEST(SpecVersion, IsOneThatIsKnown) {
  for (const char* version :
       {"1.0.0", "1.0.0-rc5", "1.0.2-dev", "1.2.1+build.007", "1.3.0", "1.3.0-rc.1", "1.3.0+x"}) {
    EXPECT_NO_THROW(check_spec_version(version)) << version;
  }
  const auto error = [](std::string_view version) -> std::string {
    try {
      check_spec_version(version);
    } catch (const Error& caught) {
      return caught.what();
    }
    return "accepted";
  };
  EXPECT_EQ(error("1.3.1"),
            R"(original runtime-spec config version "1.3.1" is unsupported: 1.3.1 > 1.3.0)");
  EXPECT_THAT(error("1.4.0-rc1"), HasSubstr("1.4.0-rc1 > 1.3.0"));
  EXPECT_THAT(error("1.10.0"), HasSubstr("1.10.0 > 1.3.0"));
  EXPECT_EQ(error("2.0.0"),
            R"(original runtime-spec config version "2.0.0" is incompatible with version 1.3.0: )"
            "mismatching major number");
  EXPECT_THAT(error("0.9.9"), HasSubstr("mismatching major number"));
  for (const char* version : {"", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.x", "01.0.0", "1.00.0",
                              "1.0.0-", "1.0.0+", "1.0.0-a..b", "1.0.0-01", "1.0.0-ä", " 1.0.0",
                              "1.0.0 ", "1.-1.0", "1.+1.0", "1.0.18446744073709551616"}) {
    EXPECT_THAT(error(version), HasSubstr("is no version")) << version;
  }
}

TEST(SpecVersion, IsOlder) {
  for (const auto& [one, other] :
       std::initializer_list<std::pair<const char*, const char*>>{{"1.0.0-rc5", "1.0.0"},
                                                                  {"1.0.2", "1.0.10"},
                                                                  {"1.2.9", "1.3.0"},
                                                                  {"1.3.0-rc.1", "1.3.0"}}) {
    EXPECT_TRUE(is_older(one, other)) << one;
    EXPECT_FALSE(is_older(other, one)) << one;
  }
  EXPECT_FALSE(is_older("1.3.0", "1.3.0"));
  EXPECT_FALSE(is_older("1.3.0+a", "1.3.0+b"));
}

/// Each with a version that is one step too old.
struct Needs {
  const char* text;
  const char* feature;
  const char* version;
  const char* too_old;
};

const Needs all_needs[] = {
    {R"({"hooks":{"createRuntime":[]}})", "hooks.createRuntime", "1.0.2", "1.0.1"},
    {R"({"linux":{"intelRdt":{"closID":"a"}}})", "linux.intelRdt", "1.0.1", "1.0.0"},
    {R"({"domainname":"d"})", "domainname", "1.1.0", "1.0.2"},
    {R"({"mounts":[{"destination":"/a"},{"destination":"/b","uidMappings":[]}]})",
     "mounts[].uidMappings", "1.1.0", "1.0.2"},
    {R"({"process":{"scheduler":{"policy":"SCHED_IDLE"}}})", "process.scheduler", "1.1.0", "1.0.2"},
    {R"({"linux":{"namespaces":[{"type":"pid"},{"type":"time"}]}})",
     "linux.namespaces[].type: time", "1.1.0", "1.0.2"},
    {R"({"linux":{"resources":{"cpu":{"idle":1}}}})", "linux.resources.cpu.idle", "1.1.0", "1.0.9"},
    {R"({"mounts":[{"destination":"/a","options":["ro","idmap"]}]})", "mounts[].options: idmap",
     "1.2.0", "1.1.0"},
    {R"({"process":{"execCPUAffinity":{}}})", "process.execCPUAffinity", "1.2.1", "1.2.0"},
    {R"({"domainname":"d","linux":{"memoryPolicy":{}}})", "linux.memoryPolicy", "1.3.0",
     "1.3.0-rc.1"},
};

std::string version_of(std::string_view base, std::optional<std::string> wish) {
  const ConvertOptions options{
      .preferences = {.base = Spec::parse(base), .spec_version = std::move(wish)}};
  const Json spec =
      Json::parse(make_runtime_config(ImageConfig("a", "linux"), options, silent_log()));
  return *spec.find("ociVersion")->if_string();
}

TEST(SpecVersion, HasWhatTheConfigurationUses) {
  for (const auto& [text, feature, version, too_old] : all_needs) {
    EXPECT_EQ(version_of(text, std::nullopt), version) << text;
    EXPECT_EQ(version_of(text, version), version) << text;
    EXPECT_EQ(version_of(text, "1.3.0"), "1.3.0") << text;
    try {
      version_of(text, too_old);
      ADD_FAILURE() << text << " is accepted as " << too_old;
    } catch (const Error& error) {
      EXPECT_EQ(error.what(), "runtime-spec version \"" + std::string(too_old) +
                                  "\" is too old: " + feature + " needs " + version);
    }
  }
}

TEST(SpecVersion, IsNotRaisedByWhatSaysNothing) {
  for (const char* text :
       {"{}",
        R"({"domainname":null,"hooks":{"prestart":[]},"linux":{"namespaces":[{"type":"pid"}]}})",
        R"({"mounts":[{"destination":"/idmap","source":"idmap","options":["idmapped"]}]})",
        R"({"annotations":{"domainname":"zos"},"x":{"domainname":"d"}})",
        R"({"hooks":["createRuntime"],"vm":null})"}) {
    EXPECT_EQ(version_of(text, std::nullopt), "1.0.0") << text;
    EXPECT_EQ(version_of(text, "1.0.0"), "1.0.0") << text;
  }
}

TEST(SpecVersion, IsTheTemplatesUnlessWished) {
  EXPECT_EQ(version_of(R"({"ociVersion":"1.0.2-dev"})", std::nullopt), "1.0.2-dev");
  // Writers of templates know what their runtime reads.
  EXPECT_EQ(version_of(R"({"ociVersion":"1.0.2-dev","domainname":"d"})", std::nullopt),
            "1.0.2-dev");
  EXPECT_EQ(version_of(R"({"ociVersion":"1.2.0"})", "1.0.1"), "1.0.1");
  EXPECT_EQ(version_of(R"({"ociVersion":"1.0.0","domainname":"d"})", "1.1.0"), "1.1.0");
}

}  // namespace
}  // namespace umoci::runtime
