// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/rootless.hpp>

#include <umoci/runtime/locked_mount.hpp>

#include <umoci_test/recording_log.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace umoci::runtime {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using oci::Json;

std::string text_of(const Json& mount, std::string_view name) {
  return *mount.find(name)->if_string();
}

std::vector<std::string> options_of(const Json& mount) {
  std::vector<std::string> result;
  const Json* options = mount.find("options");
  if (options == nullptr || options->is_null()) return result;
  for (const Json& option : *options->if_array()) result.push_back(*option.if_string());
  return result;
}

std::vector<std::string> destinations(Spec& spec) {
  std::vector<std::string> result;
  for (const Json& mount : spec.mounts()) result.push_back(text_of(mount, "destination"));
  return result;
}

std::vector<std::string> namespaces(Spec& spec) {
  std::vector<std::string> result;
  for (const Json& entry : *spec.linux_section().find("namespaces")->if_array()) {
    result.push_back(text_of(entry, "type"));
  }
  return result;
}

class Rootless : public testing::Test {
 protected:
  Rootless() { test::write_file(resolv_conf_, "nameserver 127.0.0.1\n"); }

  test::TemporaryDirectory directory_;
  std::string resolv_conf_ = directory_ / "resolv.conf";
  test::RecordingLog log_;
};

TEST_F(Rootless, TakesAwayWhatNeedsRoot) {
  Spec spec = Spec::standard();
  spec.process().find("user")->set("additionalGids", Json::parse("[1,2]"));
  make_rootless(spec, resolv_conf_, log_);
  EXPECT_EQ(spec.process().find("user")->find("additionalGids"), nullptr);
  EXPECT_THAT(namespaces(spec), ElementsAre("cgroup", "pid", "ipc", "uts", "mount", "user"));
  EXPECT_EQ(spec.linux_section().find("resources"), nullptr);
  for (const Json& mount : spec.mounts()) {
    EXPECT_THAT(options_of(mount), Each(Not(StartsWith("gid="))));
  }
  EXPECT_THAT(options_of(spec.mounts()[2]),
              ElementsAre("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"));
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(Rootless, RewritesTemplatesToo) {
  Spec spec = Spec::parse(
      R"({"mounts":[{"destination":"/sys/fs/bpf","type":"bpf"},{"destination":"/x"},)"
      R"({"destination":"/y","options":null},{"destination":"/z","options":["uid=1","ro"]}],)"
      R"("linux":{"namespaces":[{"type":"network","path":"/n"}],"resources":{}}})");
  make_rootless(spec, resolv_conf_, log_);
  EXPECT_THAT(destinations(spec), ElementsAre("/x", "/y", "/z", "/sys", "/etc/resolv.conf"));
  EXPECT_THAT(options_of(spec.mounts()[2]), ElementsAre("ro"));
  EXPECT_THAT(namespaces(spec), ElementsAre("user"));
}

TEST_F(Rootless, HasOneUserNamespace) {
  Spec spec = Spec::standard();
  spec.add_namespace("user");
  make_rootless(spec, resolv_conf_, log_);
  EXPECT_THAT(namespaces(spec), ElementsAre("cgroup", "pid", "ipc", "uts", "mount", "user"));
}

TEST_F(Rootless, BindsSysInsteadOfMountingBelowIt) {
  Spec spec = Spec::standard();
  for (const char* volume : {"/sysx", "/sys/kernel", "//sys//x", "/a/../sys", "/srv/sys"}) {
    spec.put_mounts({{volume, "tmpfs", "none", {}}});
  }
  make_rootless(spec, resolv_conf_, log_);
  EXPECT_THAT(destinations(spec),
              ElementsAre("/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sysx",
                          "/srv/sys", "/sys", "/etc/resolv.conf"));
  const Json& sys = spec.mounts()[7];
  EXPECT_EQ(text_of(sys, "type"), "bind");
  EXPECT_EQ(text_of(sys, "source"), "/sys");
  EXPECT_THAT(options_of(sys), ElementsAre("rbind", "nosuid", "noexec", "nodev", "ro"));
}

TEST_F(Rootless, ChangesMountsEvenWithoutNameServers) {
  Spec spec = Spec::standard();
  make_rootless(spec, directory_ / "missing", log_);
  EXPECT_THAT(destinations(spec),
              ElementsAre("/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys"));
  EXPECT_EQ(text_of(spec.mounts().back(), "type"), "bind");
  EXPECT_THAT(log_.warnings(), ElementsAre(HasSubstr("missing")));
}

TEST_F(Rootless, BindsTheNameServersReadOnlyOnce) {
  Spec spec = Spec::standard();
  make_rootless(spec, resolv_conf_, log_);
  const Json& mount = spec.mounts().back();
  EXPECT_EQ(text_of(mount, "destination"), "/etc/resolv.conf");
  EXPECT_EQ(text_of(mount, "source"), resolv_conf_);
  EXPECT_EQ(text_of(mount, "type"), "bind");
  const std::vector<std::string> options = options_of(mount);
  EXPECT_EQ(options.front(), "ro");
  EXPECT_EQ(options.back(), "rbind");
  EXPECT_EQ(std::count(options.begin(), options.end(), "ro"), 1);
}

/// What /proc/self/mountinfo says of the file system at `path`, as findmnt prints it.
std::vector<std::string> mount_options(const std::string& path) {
  std::istringstream text(test::run_program({"findmnt", "-no", "VFS-OPTIONS", "-T", path}).out);
  std::vector<std::string> options;
  for (std::string option; std::getline(text >> std::ws, option, ',');) {
    while (!option.empty() && option.back() == '\n') option.pop_back();
    options.push_back(option);
  }
  return options;
}

TEST(LockedOptions, AreThoseOfTheMount) {
  if (!test::has_program("findmnt")) GTEST_SKIP() << "findmnt (util-linux) is not installed";
  const std::vector<std::string> order{"ro",      "nosuid",   "nodev",     "noexec",
                                       "noatime", "relatime", "nodiratime"};
  int seen = 0;
  for (const char* path : {"/", "/proc", "/sys", "/dev", "/dev/shm", "/dev/pts", "/tmp"}) {
    if (!std::filesystem::exists(path)) continue;
    const std::vector<std::string> mounted = mount_options(path);
    std::vector<std::string> expected;
    for (const std::string& option : order) {
      if (std::find(mounted.begin(), mounted.end(), option) != mounted.end()) {
        expected.push_back(option);
      }
    }
    EXPECT_EQ(locked_options(path), expected) << path;
    seen += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(seen, 0) << "no mount here that could tell a right answer from none";
}

TEST(LockedOptions, OfAMissingPathAreNone) {
  const test::TemporaryDirectory directory;
  EXPECT_EQ(locked_options(directory / "missing"), std::nullopt);
}

}  // namespace
}  // namespace umoci::runtime
