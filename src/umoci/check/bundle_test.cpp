// SPDX-License-Identifier: Apache-2.0
// Rules B01, B03, B04, B22 and B23, and bundles that mean harm.
#include <umoci/check/bundle_test.hpp>
#include <umoci/check/rule.hpp>

#include <umoci/runtime/convert.hpp>

#include <umoci_test/errors.hpp>

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace umoci::check {
namespace {

using Lines = std::vector<std::string>;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// What is found if config.json is this text.
Lines findings_of_text(const std::string& text) {
  const TestBundle bundle;
  test::write_file(bundle.path() / "config.json", text);
  return bundle.findings();
}

TEST(Bundle, TheDocumentIsJson) {
  const Lines no_document{"E B01 config.json"};
  EXPECT_EQ(findings_of_text(""), no_document);
  EXPECT_EQ(findings_of_text("{"), no_document);
  EXPECT_EQ(findings_of_text("[]"), no_document);
  EXPECT_EQ(findings_of_text("{\"a\":\"\xff\"}"), no_document);
  EXPECT_EQ(findings_of_text("\xef\xbb\xbf{}"), no_document);
  EXPECT_EQ(findings_of_text("{} {}"), no_document);
  // Good JSON that says nothing.
  EXPECT_EQ(findings_of_text("{}"),
            (Lines{"E B04 config.json/root", "E B02 config.json", "E B03 config.json/ociVersion"}));
}

TEST(Bundle, MembersAreThereOnce) {
  const TestBundle bundle;
  std::string text = test::read_file(bundle.path() / "config.json");
  text.insert(1, R"("hostname":"x","com.example":[{"a":1,"a":2}],)");
  test::write_file(bundle.path() / "config.json", text);
  EXPECT_THAT(bundle.findings(),
              testing::UnorderedElementsAre("E B01 config.json/hostname",
                                            "E B01 config.json/com.example/0/a"));
}

TEST(Bundle, TheDocumentIsARegularFile) {
  const TestBundle bundle;
  const std::filesystem::path config = bundle.path() / "config.json";
  std::filesystem::remove(config);
  EXPECT_THAT(bundle.findings(), ElementsAre("E B01 config.json"));
  std::filesystem::create_directory(config);
  EXPECT_THAT(bundle.findings(), ElementsAre("E B01 config.json"));
  std::filesystem::remove(config);
  ASSERT_EQ(::mkfifo(config.c_str(), 0600), 0);
  EXPECT_THAT(bundle.findings(), ElementsAre("E B01 config.json"));
  std::filesystem::remove(config);
  std::filesystem::create_symlink("/etc/passwd", config);
  EXPECT_THAT(bundle.findings(), ElementsAre("E B01 config.json"));
  std::filesystem::remove(config);
  std::filesystem::create_symlink("/dev/zero", config);
  EXPECT_THAT(bundle.findings(), ElementsAre("E B01 config.json"));
}

TEST(Bundle, TheDocumentIsNeitherHugeNorDeep) {
  const TestBundle bundle;
  const std::filesystem::path config = bundle.path() / "config.json";
  std::filesystem::resize_file(config, 100U << 20U);
  EXPECT_THAT(bundle.findings(), ElementsAre("E B01 config.json"));
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "{\"a\":";
  test::write_file(config, deep);
  EXPECT_THAT(bundle.findings(), ElementsAre("E B01 config.json"));
}

TEST(Bundle, WhatIsNoDirectoryIsAnError) {
  const TestBundle bundle;
  Findings findings;
  EXPECT_ERROR(not_found, "none", check_bundle(bundle.path() / "none", {}, findings));
  EXPECT_ERROR(invalid_argument, "config.json",
               check_bundle(bundle.path() / "config.json", {}, findings));
  EXPECT_TRUE(findings.all().empty());
}

TEST(Bundle, TheVersionIsOneThatIsKnown) {
  constexpr ConfigCase cases[] = {
      {R"({"ociVersion":"1.0.0"})", ""},
      {R"({"ociVersion":"1.0.2-dev"})", ""},
      {R"({"ociVersion":"1.3.0+build.7"})", ""},
      {R"({"ociVersion":"1.3.1"})", "W B03 /ociVersion"},
      {R"({"ociVersion":"2.0.0"})", "E B03 /ociVersion"},
      {R"({"ociVersion":"0.9.0"})", "E B03 /ociVersion"},
      {R"({"ociVersion":"1.0"})", "E B03 /ociVersion"},
      {R"({"ociVersion":"v1.0.0"})", "E B03 /ociVersion"},
      {R"({"ociVersion":1})", "E B03 /ociVersion"},
      {R"({"ociVersion":null})", "E B03 /ociVersion"},
  };
  expect_findings(TestBundle(), "B03", cases);
}

TEST(Bundle, TheRootFileSystemIsADirectoryInTheBundle) {
  const TestBundle bundle;
  std::filesystem::create_directories(bundle.path() / "other/rootfs");
  std::filesystem::create_directories(bundle.path() / "linked");
  std::filesystem::create_symlink("/", bundle.path() / "linked/rootfs");
  constexpr ConfigCase cases[] = {
      {R"({"root":{"path":"./rootfs/"}})", ""},
      {R"({"root":null})", "E B04 /root"},
      {R"({"root":null,"windows":{}})", ""},
      {R"({"root":{"path":null}})", "E B04 /root/path"},
      {R"({"root":{"path":""}})", "E B04 /root/path"},
      {R"({"root":{"path":"none"}})", "E B04 /root/path"},
      {R"({"root":{"path":"config.json"}})", "E B04 /root/path"},
      {R"({"root":{"path":"rootfs\u0000/x"}})", "E B04 /root/path"},
      {R"({"root":{"path":"other"}})", "W B04 /root/path"},
      {R"({"root":{"path":"other/rootfs"}})", "W B04 /root/path"},
      {R"({"root":{"path":"linked/rootfs"}})", "W B04 /root/path"},
  };
  expect_findings(bundle, "B04", cases);
  bundle.configure(R"({"root":{"path":")" + (bundle.path() / "rootfs").string() + R"("}})");
  EXPECT_EQ(findings_of(bundle, "B04"), "");
}

TEST(Bundle, ARootFileSystemThatIsALinkIsTold) {
  const TestBundle bundle;
  std::filesystem::rename(bundle.path() / "rootfs", bundle.path() / "moved");
  std::filesystem::create_symlink("/", bundle.path() / "rootfs");
  bundle.configure("{}");
  EXPECT_EQ(findings_of(bundle, "B04"), "W B04 /root/path");
  std::filesystem::remove(bundle.path() / "rootfs");
  std::filesystem::create_symlink("rootfs", bundle.path() / "rootfs");
  EXPECT_EQ(findings_of(bundle, "B04"), "E B04 /root/path");
  std::filesystem::remove(bundle.path() / "rootfs");
  ASSERT_EQ(::mkfifo((bundle.path() / "rootfs").c_str(), 0600), 0);
  EXPECT_EQ(findings_of(bundle, "B04"), "E B04 /root/path");
}

TEST(Bundle, HooksAreProgramsOfTheirPlace) {
  const TestBundle bundle;
  constexpr ConfigCase cases[] = {
      {R"({"hooks":{"prestart":[{"path":"/none","args":["x"],"env":["A=1"],"timeout":1}]}})", ""},
      {R"({"hooks":{"prestart":[{"path":"none"}]}})", "E B22 /hooks/prestart/0/path"},
      {R"({"hooks":{"createRuntime":[{}]}})", "E B22 /hooks/createRuntime/0/path"},
      {R"({"hooks":{"createContainer":[{"path":"/x","env":["A"]}]}})",
       "E B22 /hooks/createContainer/0/env/0"},
      {R"({"hooks":{"poststart":[{"path":"/x","timeout":0}]}})",
       "E B22 /hooks/poststart/0/timeout"},
      {R"({"hooks":{"poststop":[{"path":"/x","timeout":-1}]}})", "E B22 /hooks/poststop/0/timeout"},
      {R"({"hooks":{"startContainer":[{"path":"/bin/sh"}]}})", ""},
      {R"({"hooks":{"startContainer":[{"path":"/bin/plain"}]}})",
       "W B22 /hooks/startContainer/0/path"},
      {R"({"hooks":{"startContainer":[{"path":"/bin/none"}]}})",
       "W B22 /hooks/startContainer/0/path"},
  };
  expect_findings(bundle, "B22", cases);

  const BundleCheckOptions here{.host = BundleCheckOptions::Host::checked};
  bundle.configure(R"({"hooks":{"prestart":[{"path":"/bin/sh"},{"path":"/none"},
                                            {"path":"/etc/passwd"},{"path":"/"}]}})");
  EXPECT_EQ(findings_of(bundle, "B22"), "");
  EXPECT_EQ(findings_of(bundle, "B22", here),
            "W B22 /hooks/prestart/1/path, W B22 /hooks/prestart/2/path, "
            "W B22 /hooks/prestart/3/path");
}

TEST(Bundle, AnnotationsAreStringsWithProperNames) {
  constexpr ConfigCase cases[] = {
      {R"({"annotations":{"com.example.key":"","org.opencontainers.image.os":"linux",
           "org.opencontainers.image.os.version":"1","org.opencontainers.image.os.features":"a",
           "org.opencontainers.image.exposedPorts":"80","io.x/y_z":"1"}})",
       ""},
      {R"({"annotations":[]})", "E B23 /annotations"},
      {R"({"annotations":{"com.example.key":1}})", "E B23 /annotations/com.example.key"},
      {R"({"annotations":{"":""}})", "E B23 /annotations/"},
      {R"({"annotations":{"key":"","a.":"",".b":"","a b.c":""}})",
       "W B23 /annotations/key, W B23 /annotations/a., W B23 /annotations/.b, "
       "W B23 /annotations/a b.c"},
      {R"({"annotations":{"org.opencontainers.x":"","org.opencontainers.image.title":"",
                          "org.opencontainers.image.os.x":""}})",
       "W B23 /annotations/org.opencontainers.x, W B23 "
       "/annotations/org.opencontainers.image.title, "
       "W B23 /annotations/org.opencontainers.image.os.x"},
  };
  expect_findings(TestBundle(), "B23", cases);
}

TEST(Bundle, NoRuleHidesAnother) {
  const TestBundle bundle;
  bundle.configure(R"({"ociVersion":"x","root":{"path":"none"},"hostname":7,"domainname":"d",
    "process":{"cwd":"x","args":7,"env":["A",7],"user":{"uid":-1},
               "capabilities":{"bounding":[7,"x"]},
               "rlimits":[7,{"type":"RLIMIT_CPU","soft":2,"hard":1}]},
    "mounts":[7,{"destination":"","type":"no-such-fs",
                 "uidMappings":[{"containerID":0,"hostID":1,"size":1}]}],
    "linux":{"namespaces":[{"type":"x"},7,[]],"devices":[null,{"type":"x"}],
             "uidMappings":[7],"sysctl":{"net.x":7},"timeOffsets":{"boottime":7},
             "resources":{"memory":{"limit":2,"swap":1}},"maskedPaths":["x"],"mountLabel":"x"},
    "hooks":{"prestart":{},"poststop":[{"path":"x"}]},"annotations":{"":""}})");
  test::write_file(bundle.path() / "umoci.json", "{}");
  std::set<std::string> found;
  for (const Finding& finding : bundle.all({.host = BundleCheckOptions::Host::checked})) {
    found.emplace(finding.rule);
  }
  // Without a document there is nothing else to find; the other two need a good umoci.json.
  found.insert({"B01", "B26", "B27"});
  for (const Rule& rule : rules()) {
    if (!rule.id.starts_with("B")) continue;
    EXPECT_TRUE(found.contains(std::string(rule.id))) << rule.id;
  }
}

TEST(Bundle, OfVeryManyFindingsTheFirstAreListed) {
  const TestBundle bundle;
  std::string items = "7";
  for (int i = 0; i < 20000; ++i) items += ",7";
  bundle.configure(R"({"process":{"cwd":"x"},"mounts":[)" + items + "]}");
  const std::vector<Finding> findings = bundle.all();
  EXPECT_LT(findings.size(), 5000U);
  EXPECT_THAT(findings,
              Contains(testing::Field(&Finding::message, HasSubstr("more findings of this rule"))));
  EXPECT_EQ(findings_of(bundle, "B05"), "E B05 /process/cwd");
}

TEST(Bundle, LinksDoNotMultiplyTheWork) {
  const TestBundle bundle;
  // Each one twice the way of the one before.
  std::filesystem::create_symlink("data", bundle.path() / "rootfs/l0");
  for (int i = 1; i < 8; ++i) {
    const std::string before = "l" + std::to_string(i - 1);
    std::filesystem::create_symlink(before + "/../" + before,
                                    bundle.path() / ("rootfs/l" + std::to_string(i)));
  }
  std::string devices;
  for (int i = 0; i < 20; ++i) {
    devices += (i == 0 ? "" : ",") + std::string(R"({"type":"p","path":"/l7/)") +
               std::to_string(i) + "\"}";
  }
  bundle.configure(R"({"linux":{"devices":[)" + devices + "]}}");
  EXPECT_EQ(findings_of(bundle, "B19"), "");
  BundleCheckOptions options;
  options.limits.link_steps = 4000;
  const std::string found = findings_of(bundle, "B19", options);
  EXPECT_THAT(found, testing::StartsWith("W B19 /linux/devices/"));
  EXPECT_THAT(found, testing::EndsWith("W B19 /linux/devices/19/path"));
  EXPECT_THAT(found, testing::Not(HasSubstr("devices/0/")));
}

TEST(Bundle, NamesWithoutEndDoNotFillTheReport) {
  const TestBundle bundle;
  const std::string name(1U << 20U, 'x');
  bundle.configure(R"({"annotations":{")" + name + R"(":1},"process":{"env":[")" + name +
                   R"("],"args":["/)" + name + R"("]}})");
  const std::vector<Finding> findings = bundle.all();
  EXPECT_EQ(findings.size(), 5U);
  for (const Finding& finding : findings) {
    EXPECT_LT(finding.place.pointer.size() + finding.message.size(), 20000U) << finding.rule;
  }
}

TEST(Bundle, WhatWeWriteIsFlawless) {
  const std::vector<tree::IdMapping> mappings{{0, 1000, 1}, {1, 100000, 65535}};
  for (const runtime::Privilege privilege :
       {runtime::Privilege::root, runtime::Privilege::rootless}) {
    const TestBundle bundle;
    const fs::Root rootfs = fs::Root::open(bundle.path() / "rootfs");
    oci::ImageConfig config("amd64", "linux");
    config.set_cmd({"/bin/sh"});
    config.set_env({"A=1"});
    config.set_labels({{"com.example.label", "x"}});
    config.add_volume("/data");
    runtime::ConvertOptions options{.rootfs = &rootfs};
    options.privilege = privilege;
    if (privilege == runtime::Privilege::rootless) {
      options.uid_mappings = options.gid_mappings = mappings;
    }
    test::write_file(bundle.path() / "config.json",
                     make_runtime_config(config, options, silent_log()));
    EXPECT_THAT(bundle.findings(), ElementsAre());
  }
}

}  // namespace
}  // namespace umoci::check
