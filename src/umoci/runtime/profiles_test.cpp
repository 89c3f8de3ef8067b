// SPDX-License-Identifier: Apache-2.0
// What an image for Linux can start from.
#include <umoci/runtime/convert.hpp>

#include <gmock/gmock.h>

#include <algorithm>

namespace umoci::runtime {
namespace {

using oci::ImageConfig;
using oci::Json;
using testing::ElementsAre;

Json of_profile(std::optional<Profile> profile) {
  return Json::parse(make_runtime_config(ImageConfig("amd64", "linux"),
                                         {.preferences = {.profile = profile}}, silent_log()));
}

std::vector<std::string> texts_of(const Json& parent, std::string_view name) {
  std::vector<std::string> texts;
  for (const Json& text : *parent.find(name)->if_array()) texts.push_back(*text.if_string());
  return texts;
}

std::vector<std::string> destinations(const Json& spec) {
  std::vector<std::string> result;
  for (const Json& mount : *spec.find("mounts")->if_array()) {
    result.push_back(*mount.find("destination")->if_string());
  }
  return result;
}

TEST(Profiles, OfUmociIsTheDefault) {
  EXPECT_EQ(of_profile(Profile::umoci).dump(), of_profile(std::nullopt).dump());
}

/// Docker documents these: "Runtime privilege and Linux capabilities".
TEST(Profiles, OfDockerHasItsFourteenCapabilities) {
  const Json spec = of_profile(Profile::docker);
  const Json& capabilities = *spec.find("process")->find("capabilities");
  for (const char* set : {"bounding", "effective", "permitted"}) {
    std::vector<std::string> names = texts_of(capabilities, set);
    std::sort(names.begin(), names.end());
    EXPECT_THAT(names, ElementsAre("CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER",
                                   "CAP_FSETID", "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE",
                                   "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP",
                                   "CAP_SETUID", "CAP_SYS_CHROOT"))
        << set;
  }
  for (const char* set : {"inheritable", "ambient"}) {
    EXPECT_EQ(capabilities.find(set), nullptr) << set;
  }
}

TEST(Profiles, OfDockerHasItsPathsAndDevices) {
  const Json spec = of_profile(Profile::docker);
  EXPECT_EQ(spec.find("process")->find("noNewPrivileges"), nullptr);
  EXPECT_EQ(spec.find("process")->find("rlimits"), nullptr);
  const Json& section = *spec.find("linux");
  EXPECT_EQ(section.find("seccomp"), nullptr);
  EXPECT_THAT(texts_of(section, "maskedPaths"),
              testing::IsSupersetOf({"/proc/acpi", "/proc/keys", "/proc/kcore", "/sys/firmware",
                                     "/sys/devices/virtual/powercap"}));
  EXPECT_THAT(texts_of(section, "readonlyPaths"), ElementsAre("/proc/bus", "/proc/fs", "/proc/irq",
                                                              "/proc/sys", "/proc/sysrq-trigger"));
  const Json::Array& devices = *section.find("resources")->find("devices")->if_array();
  ASSERT_EQ(devices.size(), 8U);
  EXPECT_EQ(devices[0].dump(), R"({"allow":false,"access":"rwm"})");
  std::vector<std::string> allowed;
  for (const Json& rule : devices) {
    if (rule.find("allow")->dump() != "true") continue;
    allowed.push_back(*rule.find("type")->if_string() + rule.find("major")->dump() + ":" +
                      rule.find("minor")->dump());
  }
  EXPECT_THAT(allowed,
              testing::UnorderedElementsAre("c1:3", "c1:5", "c1:8", "c1:9", "c5:0", "c5:1"));
  EXPECT_THAT(destinations(spec),
              testing::UnorderedElementsAre("/proc", "/dev", "/dev/pts", "/sys", "/sys/fs/cgroup",
                                            "/dev/mqueue", "/dev/shm"));
}

TEST(Profiles, MinimalHasNoCapabilitiesAndFewMounts) {
  const Json spec = of_profile(Profile::minimal);
  const Json& process = *spec.find("process");
  for (const auto& [set, names] : *process.find("capabilities")->if_object()) {
    EXPECT_EQ(names.dump(), "[]") << set;
  }
  EXPECT_EQ(process.find("capabilities")->if_object()->size(), 5U);
  EXPECT_EQ(process.find("noNewPrivileges")->dump(), "true");
  EXPECT_THAT(destinations(spec), ElementsAre("/proc", "/dev", "/dev/pts", "/sys"));
  // Root of the container is root of the host for whom it is only files that protect the kernel.
  EXPECT_THAT(texts_of(*spec.find("linux"), "readonlyPaths"), testing::Contains("/proc/sys"));
  EXPECT_THAT(texts_of(*spec.find("linux"), "maskedPaths"), testing::Contains("/proc/kcore"));
}

TEST(Profiles, AllIsolateTheSameNamespaces) {
  const std::string usual = of_profile(Profile::umoci).find("linux")->find("namespaces")->dump();
  for (const Profile profile : {Profile::docker, Profile::minimal}) {
    EXPECT_EQ(of_profile(profile).find("linux")->find("namespaces")->dump(), usual);
    EXPECT_EQ(of_profile(profile).find("ociVersion")->dump(), R"("1.0.0")");
  }
}

TEST(Profiles, GiveWayToATemplate) {
  const Json spec = Json::parse(make_runtime_config(
      ImageConfig("a", "linux"),
      {.preferences = {.base = Spec::parse("{}"), .profile = Profile::docker}}, silent_log()));
  EXPECT_EQ(spec.find("process")->find("capabilities"), nullptr);
}

}  // namespace
}  // namespace umoci::runtime
