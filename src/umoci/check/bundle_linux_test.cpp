// SPDX-License-Identifier: Apache-2.0
// Rules B14 to B21 and B24: the section of Linux.
#include <umoci/check/bundle_host.hpp>
#include <umoci/check/bundle_test.hpp>

#include <gmock/gmock.h>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace umoci::check {
namespace {

TEST(BundleLinux, NamespacesAreKnownAndThereOnce) {
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"namespaces":[{"type":"uts"},{"type":"time"},{"type":"cgroup"},
                                  {"type":"pid","path":"/proc/1/ns/pid"}]}})",
       ""},
      {R"({"linux":{"namespaces":[{"type":"uts"},{"type":"UTS"}]}})",
       "E B14 /linux/namespaces/1/type"},
      {R"({"linux":{"namespaces":[{"type":"uts"},{"type":"uts","path":"/x"}]}})",
       "E B14 /linux/namespaces/1/type"},
      {R"({"linux":{"namespaces":[{"type":"uts"},{"type":"pid","path":"x"}]}})",
       "E B14 /linux/namespaces/1/path"},
  };
  expect_findings(TestBundle(), "B14", cases);
}

TEST(BundleLinux, MappingsAreWholeAndDistinct) {
  const std::string both =
      R"("gidMappings":[{"containerID":0,"hostID":0,"size":1}],"uidMappings":)";
  const auto expect = [&, bundle = TestBundle()](const std::string& mappings,
                                                 std::string_view expected) {
    bundle.configure(R"({"linux":{)" + mappings + "}}");
    EXPECT_EQ(findings_of(bundle, "B15"), expected) << mappings;
  };
  expect(both + R"([{"containerID":0,"hostID":1000,"size":1},
                    {"containerID":1,"hostID":1001,"size":65535},
                    {"containerID":65536,"hostID":0,"size":1000}])",
         "");
  expect(both + R"([{"containerID":0,"hostID":1000,"size":0}])", "E B15 /linux/uidMappings/0/size");
  expect(both + R"([{"containerID":0,"hostID":1000,"size":2},
                    {"containerID":1,"hostID":1002,"size":2}])",
         "E B15 /linux/uidMappings/1");
  expect(both + R"([{"containerID":0,"hostID":1000,"size":2},
                    {"containerID":2,"hostID":999,"size":2}])",
         "E B15 /linux/uidMappings/0");
  // The first covers more than the second, and the third too.
  expect(both + R"([{"containerID":0,"hostID":1000,"size":100},
                    {"containerID":10,"hostID":2000,"size":1},
                    {"containerID":50,"hostID":3000,"size":1}])",
         "E B15 /linux/uidMappings/1, E B15 /linux/uidMappings/2");
  expect(both + R"([{"containerID":0,"hostID":0,"size":4294967295}])", "");
  expect(both + R"([{"containerID":1,"hostID":0,"size":4294967295}])",
         "E B15 /linux/uidMappings/0");
  expect(R"("uidMappings":[{"containerID":0,"hostID":0,"size":1}])", "E B15 /linux/uidMappings");
  expect(R"("gidMappings":[{"containerID":0,"hostID":0,"size":1}])", "E B15 /linux/gidMappings");
  expect(R"("namespaces":[{"type":"user","path":"/x"},{"type":"uts"}],)" + both +
             R"([{"containerID":0,"hostID":0,"size":1}])",
         "E B15 /linux/uidMappings, E B15 /linux/gidMappings");
}

TEST(BundleLinux, NamesOfTheMachineNeedANamespace) {
  constexpr ConfigCase cases[] = {
      {R"({"domainname":"d"})", ""},
      {R"({"domainname":"d","linux":{"namespaces":[{"type":"pid"}]}})",
       "E B16 /hostname, E B16 /domainname"},
      {R"({"linux":{"namespaces":[{"type":"uts","path":"/x"}]}})", "E B16 /hostname"},
      {R"({"linux":null})", "E B16 /hostname"},
      {R"({"hostname":"","linux":null})", ""},
      {R"({"linux":null,"windows":{}})", ""},
  };
  expect_findings(TestBundle(), "B16", cases);
}

TEST(BundleLinux, SettingsOfTheKernelNeedANamespace) {
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"sysctl":{"net.x":"1","fs.mqueue.x":"1","kernel.hostname":"x"}}})", ""},
      {R"({"hostname":"","linux":{"namespaces":[],"sysctl":{"net/ipv4/x":"1","network.x":"1"}}})",
       "E B17 /linux/sysctl/net~1ipv4~1x"},
      {R"({"linux":{"namespaces":[{"type":"ipc"}],"sysctl":{"fs.mqueue.x":"1"}}})",
       "E B17 /linux/sysctl/fs.mqueue.x"},
      {R"({"linux":{"namespaces":[{"type":"mount"}],"sysctl":{"fs.mqueue.x":"1"}}})",
       "E B17 /linux/sysctl/fs.mqueue.x"},
      {R"({"linux":{"namespaces":[],"sysctl":{"kernel.domainname":"x","kernel.msgmax":"1"}}})",
       "E B17 /linux/sysctl/kernel.domainname"},
  };
  expect_findings(TestBundle(), "B17", cases);
}

TEST(BundleLinux, ClocksNeedANamespace) {
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"timeOffsets":{"boottime":{"secs":1}}}})", "E B18 /linux/timeOffsets"},
      {R"({"linux":{"timeOffsets":{}}})", ""},
      {R"({"linux":{"namespaces":[{"type":"time"}],"timeOffsets":{"boottime":{"secs":1}}}})", ""},
  };
  expect_findings(TestBundle(), "B18", cases);
}

TEST(BundleLinux, DevicesHaveTheirNumbers) {
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"devices":[{"type":"c","path":"/dev/a","major":1,"minor":0},
                               {"type":"b","path":"/dev/b","major":1,"minor":0},
                               {"type":"u","path":"/dev/c","major":1,"minor":1},
                               {"type":"p","path":"/dev/d"},
                               {"type":"p","path":"/dev/e","major":0,"minor":0}]}})",
       ""},
      {R"({"linux":{"devices":[{"type":"x","path":"/dev/a"}]}})", "E B19 /linux/devices/0/type"},
      {R"({"linux":{"devices":[{"type":"b","path":"/dev/a","minor":1}]}})",
       "E B19 /linux/devices/0/major"},
      {R"({"linux":{"devices":[{"type":"c","path":"/dev/a","major":1,"minor":-1}]}})",
       "E B19 /linux/devices/0/minor"},
      {R"({"linux":{"devices":[{"type":"p","path":"/dev/a","major":1}]}})",
       "E B19 /linux/devices/0/major"},
      {R"({"linux":{"devices":[{"type":"p","path":"/dev/a"},{"type":"p","path":"/dev/a"}]}})",
       "E B19 /linux/devices/1/path"},
      {R"({"linux":{"devices":[{"type":"c","path":"/dev/a","major":1,"minor":3},
                               {"type":"u","path":"/dev/b","major":1,"minor":3}]}})",
       "W B19 /linux/devices/1"},
  };
  expect_findings(TestBundle(), "B19", cases);
}

TEST(BundleLinux, DevicesAreWhatIsThereAlready) {
  const TestBundle bundle;
  ASSERT_EQ(::mkfifo((bundle.path() / "rootfs/data/p").c_str(), 0600), 0);
  ASSERT_EQ(::chmod((bundle.path() / "rootfs/data/p").c_str(), 0600), 0);
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"devices":[{"type":"p","path":"/data/p","fileMode":384}]}})", ""},
      {R"({"linux":{"devices":[{"type":"p","path":"/data/p","fileMode":420}]}})",
       "W B19 /linux/devices/0/fileMode"},
      {R"({"linux":{"devices":[{"type":"p","path":"/data/p","uid":4294967294}]}})",
       "W B19 /linux/devices/0/uid"},
      {R"({"linux":{"devices":[{"type":"c","path":"/data/p","major":1,"minor":3}]}})",
       "E B19 /linux/devices/0/path"},
      {R"({"linux":{"devices":[{"type":"c","path":"/bin/sh","major":1,"minor":3}]}})",
       "E B19 /linux/devices/0/path"},
      {R"({"linux":{"devices":[{"type":"c","path":"/bin/sh","major":1,"minor":3}]},
           "mounts":[{"destination":"/bin"}]})",
       ""},
  };
  expect_findings(bundle, "B19", cases);
}

TEST(BundleLinux, DevicesHaveTheNumbersOfWhatIsThereAlready) {
  const TestBundle bundle;
  const std::string node = bundle.path() / "rootfs/data/null";
  if (::mknod(node.c_str(), S_IFCHR | 0600, ::makedev(1, 3)) != 0) {
    GTEST_SKIP() << "no device can be made here";
  }
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"devices":[{"type":"u","path":"/data/null","major":1,"minor":3}]}})", ""},
      {R"({"linux":{"devices":[{"type":"c","path":"/data/null","major":1,"minor":5}]}})",
       "E B19 /linux/devices/0/path"},
      {R"({"linux":{"devices":[{"type":"b","path":"/data/null","major":1,"minor":3}]}})",
       "E B19 /linux/devices/0/path"},
  };
  expect_findings(bundle, "B19", cases);
}

TEST(BundleLinux, ResourcesMakeSense) {
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"resources":{"devices":[{"allow":false,"access":"rwm"},
            {"allow":true,"type":"a","access":"m"},{"allow":true,"type":"","access":""}],
           "memory":{"limit":10,"swap":10,"reservation":10},
           "blockIO":{"weightDevice":[{"major":1,"minor":1,"leafWeight":0}]}}}})",
       ""},
      {R"({"linux":{"resources":{"devices":[{"allow":true,"type":"u"}]}}})",
       "E B20 /linux/resources/devices/0/type"},
      {R"({"linux":{"resources":{"devices":[{"allow":true,"access":"rx"}]}}})",
       "E B20 /linux/resources/devices/0/access"},
      {R"({"linux":{"resources":{"memory":{"limit":10,"swap":9}}}})",
       "E B20 /linux/resources/memory/swap"},
      {R"({"linux":{"resources":{"memory":{"limit":10,"reservation":11}}}})",
       "E B20 /linux/resources/memory/reservation"},
      {R"({"linux":{"resources":{"memory":{"limit":10,"swap":-1,"reservation":-1}}}})", ""},
      {R"({"linux":{"resources":{"memory":{"limit":-1,"reservation":11}}}})", ""},
      {R"({"linux":{"resources":{"blockIO":{"weightDevice":[{"major":1,"minor":1}]}}}})",
       "E B20 /linux/resources/blockIO/weightDevice/0"},
  };
  expect_findings(TestBundle(), "B20", cases);
}

TEST(BundleLinux, HiddenPathsAreAbsolute) {
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"maskedPaths":["/proc/kcore"],"readonlyPaths":["/sys"]}})", ""},
      {R"({"linux":{"maskedPaths":["/x","proc"],"readonlyPaths":[""]}})",
       "E B21 /linux/maskedPaths/1, E B21 /linux/readonlyPaths/0"},
  };
  expect_findings(TestBundle(), "B21", cases);
}

TEST(BundleLinux, LabelsAreContexts) {
  constexpr ConfigCase cases[] = {
      {R"({"linux":{"mountLabel":"system_u:object_r:container_file_t:s0:c715,c811"}})", ""},
      {R"({"linux":{"mountLabel":"u:r:t"}})", ""},
      {R"({"linux":{"mountLabel":""}})", ""},
      {R"({"linux":{"mountLabel":"u:r"}})", "E B24 /linux/mountLabel"},
      {R"({"linux":{"mountLabel":"u::t"}})", "E B24 /linux/mountLabel"},
      {R"({"linux":{"mountLabel":"u:r:t:"}})", "E B24 /linux/mountLabel"},
      {R"({"linux":{"mountLabel":"u:r:t x"}})", "E B24 /linux/mountLabel"},
  };
  expect_findings(TestBundle(), "B24", cases);
}

TEST(BundleLinux, ProfilesOfThisMachineAreLookedForIfAskedFor) {
  const TestBundle bundle;
  bundle.configure(R"({"process":{"apparmorProfile":"no such profile"}})");
  EXPECT_EQ(findings_of(bundle, "B24"), "");
  EXPECT_EQ(findings_of(bundle, "B24", {.host = BundleCheckOptions::Host::checked}),
            "W B24 /process/apparmorProfile");
  bundle.configure(R"({"process":{"apparmorProfile":"unconfined"}})");
  EXPECT_EQ(findings_of(bundle, "B24", {.host = BundleCheckOptions::Host::checked}), "");
}

TEST(BundleLinux, FilesOfTheKernelAreRead) {
  EXPECT_EQ(parse_file_systems("nodev\tsysfs\n\text4\nnodev\toverlay\n"),
            (NameSet{"sysfs", "ext4", "overlay"}));
  EXPECT_EQ(
      parse_apparmor_profiles("docker-default (enforce)\n/usr/bin/man (complain)\na b (kill)"),
      (NameSet{"docker-default", "/usr/bin/man", "a b"}));
}

}  // namespace
}  // namespace umoci::check
