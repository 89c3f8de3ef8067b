// SPDX-License-Identifier: Apache-2.0
// Rules B05 to B10: what a container runs.
#include <umoci/check/bundle_test.hpp>

#include <unistd.h>

namespace umoci::check {
namespace {

TEST(BundleProcess, ADocumentAsItShouldBeHasNoFindings) {
  EXPECT_EQ(TestBundle().findings(), std::vector<std::string>{});
}

TEST(BundleProcess, TheWorkingDirectoryIsAbsolute) {
  constexpr ConfigCase cases[] = {
      {R"({"process":{"cwd":"/x/../y"}})", ""},
      {R"({"process":{"cwd":"x"}})", "E B05 /process/cwd"},
      {R"({"process":{"cwd":""}})", "E B05 /process/cwd"},
      {R"({"process":{"cwd":null}})", "E B05 /process/cwd"},
      {R"({"process":null})", ""},
      {R"({"process":{"cwd":"C:\\"},"windows":{},"linux":null})", ""},
  };
  expect_findings(TestBundle(), "B05", cases);
}

TEST(BundleProcess, TheProgramIsThereAndExecutable) {
  const TestBundle bundle;
  std::filesystem::create_symlink("/bin/sh", bundle.path() / "rootfs/bin/link");
  // Outside the root file system it leads to nothing, inside it to the shell.
  std::filesystem::create_symlink("../../../../../bin/sh", bundle.path() / "rootfs/bin/up");
  std::filesystem::create_symlink("/etc/passwd", bundle.path() / "rootfs/bin/outside");
  std::filesystem::create_symlink("loop", bundle.path() / "rootfs/bin/loop");
  ASSERT_EQ(::mkfifo((bundle.path() / "rootfs/bin/fifo").c_str(), 0755), 0);
  constexpr ConfigCase cases[] = {
      {R"({"process":{"args":[]}})", "E B06 /process/args"},
      {R"({"process":{"args":null}})", "E B06 /process/args"},
      {R"({"process":{"args":[""]}})", "E B06 /process/args/0"},
      {R"({"process":{"args":["sh"]}})", ""},
      {R"({"process":{"args":["nothing","/nothing"]}})", ""},
      {R"({"process":{"args":["/bin/../bin/sh"]}})", ""},
      {R"({"process":{"args":["/bin/link"]}})", ""},
      {R"({"process":{"args":["/bin/up"]}})", ""},
      {R"({"process":{"args":["/bin/outside"]}})", "W B06 /process/args/0"},
      {R"({"process":{"args":["/bin/loop"]}})", "W B06 /process/args/0"},
      {R"({"process":{"args":["/bin/none"]}})", "W B06 /process/args/0"},
      {R"({"process":{"args":["/bin/sh/none"]}})", "W B06 /process/args/0"},
      {R"({"process":{"args":["/none/sh"]}})", "W B06 /process/args/0"},
      {R"({"process":{"args":["/bin"]}})", "E B06 /process/args/0"},
      {R"({"process":{"args":["/"]}})", "E B06 /process/args/0"},
      {R"({"process":{"args":["/bin/plain"]}})", "E B06 /process/args/0"},
      {R"({"process":{"args":["/bin/fifo"]}})", "E B06 /process/args/0"},
      {R"({"process":{"args":["/bin/sh\u0000"]}})", "W B06 /process/args/0"},
      // What will be mounted there nobody knows.
      {R"({"process":{"args":["/proc/x"]}})", ""},
      {R"({"process":{"args":["/bin/none"]},"mounts":[{"destination":"/bin"}]})", ""},
      {R"({"process":{"args":["/bin/none"]},"mounts":[{"destination":"/bin/no"}]})",
       "W B06 /process/args/0"},
  };
  expect_findings(bundle, "B06", cases);
}

TEST(BundleProcess, VariablesHaveANameAndAValue) {
  constexpr ConfigCase cases[] = {
      {R"({"process":{"env":["A=","B_1=x y","c=d="]}})", ""},
      {R"({"process":{"env":["A"]}})", "E B07 /process/env/0"},
      {R"({"process":{"env":["A=1","=x",""]}})", "E B07 /process/env/1, E B07 /process/env/2"},
      {R"({"process":{"env":["A.B=1"]}})", "W B07 /process/env/0"},
      {R"({"process":{"env":["A=\u0000"]}})", "W B07 /process/env/0"},
      {R"({"process":{"env":["A=1","AA=1","a=1","A=1"]}})", "W B07 /process/env/3"},
  };
  expect_findings(TestBundle(), "B07", cases);
}

TEST(BundleProcess, UsersAreNumbers) {
  constexpr ConfigCase cases[] = {
      {R"({"process":{"user":{"uid":4294967295,"gid":1,"additionalGids":[0,5]}}})", ""},
      {R"({"process":{"user":null}})", "E B08 /process/user/uid, E B08 /process/user/gid"},
      {R"({"process":{"user":{"gid":null}}})", "E B08 /process/user/gid"},
      {R"({"process":{"user":{"uid":4294967296}}})", "E B08 /process/user/uid"},
      {R"({"process":{"user":{"uid":-1}}})", "E B08 /process/user/uid"},
      {R"({"process":{"user":{"uid":"0"}}})", "E B08 /process/user/uid"},
      {R"({"process":{"user":{"additionalGids":[1,4294967296]}}})",
       "E B08 /process/user/additionalGids/1"},
      {R"({"process":{"user":{"uid":5,"additionalGids":[10]}},
           "linux":{"uidMappings":[{"containerID":0,"hostID":9,"size":5}],
                    "gidMappings":[{"containerID":5,"hostID":9,"size":5},
                                   {"containerID":0,"hostID":1,"size":5}]}})",
       "W B08 /process/user/uid, W B08 /process/user/additionalGids/0"},
      {R"({"process":{"user":{"uid":4,"additionalGids":[9]}},
           "linux":{"uidMappings":[{"containerID":0,"hostID":9,"size":5}],
                    "gidMappings":[{"containerID":0,"hostID":9,"size":10}]}})",
       ""},
      {R"({"process":{"user":{"uid":null,"gid":null,"username":"u"}},"windows":{},"linux":null})",
       ""},
  };
  expect_findings(TestBundle(), "B08", cases);
}

TEST(BundleProcess, CapabilitiesAreKnownAndWithinTheirBounds) {
  constexpr ConfigCase cases[] = {
      {R"({"process":{"capabilities":{"bounding":["CAP_KILL","CAP_WAKE_ALARM","CAP_AUDIT_CONTROL"],
           "effective":["CAP_KILL"],"permitted":["CAP_KILL","CAP_CHOWN"],
           "inheritable":["CAP_KILL","CAP_SETUID"],"ambient":["CAP_KILL"]}}})",
       ""},
      {R"({"process":{"capabilities":{"bounding":["KILL","CAP_kill"]}}})",
       "E B09 /process/capabilities/bounding/0, E B09 /process/capabilities/bounding/1"},
      {R"({"process":{"capabilities":{"effective":["CAP_KILL"]}}})",
       "E B09 /process/capabilities/effective/0"},
      {R"({"process":{"capabilities":{"permitted":["CAP_KILL"],"ambient":["CAP_KILL"]}}})",
       "E B09 /process/capabilities/ambient/0"},
      {R"({"process":{"capabilities":{"inheritable":["CAP_KILL"],"ambient":["CAP_KILL"]}}})",
       "E B09 /process/capabilities/ambient/0"},
  };
  expect_findings(TestBundle(), "B09", cases);
}

TEST(BundleProcess, LimitsAreKnownAndSoftOnesNotHarder) {
  constexpr ConfigCase cases[] = {
      {R"({"process":{"rlimits":[{"type":"RLIMIT_NOFILE","soft":1,"hard":1},
           {"type":"RLIMIT_CPU","soft":18446744073709551614,"hard":18446744073709551615}]}})",
       ""},
      {R"({"process":{"rlimits":[{"type":"RLIMIT_NOFILE","soft":2,"hard":1}]}})",
       "E B10 /process/rlimits/0/soft"},
      {R"({"process":{"rlimits":[{"type":"RLIMIT_CPU","soft":1,"hard":1},
                                 {"type":"RLIMIT_CPU","soft":1,"hard":1}]}})",
       "E B10 /process/rlimits/1/type"},
      {R"({"process":{"rlimits":[{"type":"RLIMIT_X","soft":1,"hard":1}]}})",
       "W B10 /process/rlimits/0/type"},
  };
  expect_findings(TestBundle(), "B10", cases);
}

}  // namespace
}  // namespace umoci::check
