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

std::vector<std::string> destinations(const Spec& spec) {
  std::vector<std::string> result;
  for (const Mount& mount : spec.mounts) result.push_back(mount.destination);
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
  Spec spec = default_spec();
  spec.user.additional_gids = {1, 2};
  make_rootless(spec, resolv_conf_, log_);
  EXPECT_THAT(spec.user.additional_gids, IsEmpty());
  EXPECT_THAT(spec.namespaces, ElementsAre("cgroup", "pid", "ipc", "uts", "mount", "user"));
  EXPECT_FALSE(spec.denies_devices);
  EXPECT_EQ(to_json(spec).find("linux")->find("resources"), nullptr);
  for (const Mount& mount : spec.mounts) {
    EXPECT_THAT(mount.options, Each(Not(StartsWith("gid="))));
  }
  EXPECT_THAT(spec.mounts[2].options,
              ElementsAre("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"));
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(Rootless, HasOneUserNamespace) {
  Spec spec = default_spec();
  spec.namespaces.emplace_back("user");
  make_rootless(spec, resolv_conf_, log_);
  EXPECT_THAT(spec.namespaces, ElementsAre("cgroup", "pid", "ipc", "uts", "mount", "user"));
}

TEST_F(Rootless, BindsSysInsteadOfMountingBelowIt) {
  Spec spec = default_spec();
  for (const char* volume : {"/sysx", "/sys/kernel", "//sys//x", "/a/../sys", "/srv/sys"}) {
    spec.mounts.push_back({volume, "tmpfs", "none", {}});
  }
  make_rootless(spec, resolv_conf_, log_);
  EXPECT_THAT(destinations(spec),
              ElementsAre("/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sysx",
                          "/srv/sys", "/sys", "/etc/resolv.conf"));
  const Mount& sys = spec.mounts[7];
  EXPECT_EQ(sys.type, "bind");
  EXPECT_EQ(sys.source, "/sys");
  EXPECT_THAT(sys.options, ElementsAre("rbind", "nosuid", "noexec", "nodev", "ro"));
}

TEST_F(Rootless, ChangesMountsEvenWithoutNameServers) {
  Spec spec = default_spec();
  make_rootless(spec, directory_ / "missing", log_);
  EXPECT_THAT(destinations(spec),
              ElementsAre("/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys"));
  EXPECT_EQ(spec.mounts.back().type, "bind");
  EXPECT_THAT(log_.warnings(), ElementsAre(HasSubstr("missing")));
}

TEST_F(Rootless, BindsTheNameServersReadOnlyOnce) {
  Spec spec = default_spec();
  make_rootless(spec, resolv_conf_, log_);
  const Mount& mount = spec.mounts.back();
  EXPECT_EQ(mount.destination, "/etc/resolv.conf");
  EXPECT_EQ(mount.source, resolv_conf_);
  EXPECT_EQ(mount.type, "bind");
  EXPECT_EQ(mount.options.front(), "ro");
  EXPECT_EQ(mount.options.back(), "rbind");
  EXPECT_EQ(std::count(mount.options.begin(), mount.options.end(), "ro"), 1);
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
