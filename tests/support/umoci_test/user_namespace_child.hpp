// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tests inside a user namespace. The child that runs them is its root.

#include <umoci_test/restricted_child.hpp>

#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>

namespace umoci::test {

inline bool write_proc_file(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  return !file.fail();
}

/// Runs `fn` in a child that is root of a user namespace with no other user than the caller. Skips
/// the test, or the rest of it, where such a namespace cannot be made.
inline void in_namespace_of_one(const std::function<void()>& fn) {
  const std::string uid = std::to_string(::geteuid());
  const std::string gid = std::to_string(::getegid());
  in_child_process([&] {
    // Who changed from one user to another may not write to /proc/self otherwise.
    ASSERT_EQ(::prctl(PR_SET_DUMPABLE, 1), 0);
    if (::unshare(CLONE_NEWUSER) != 0) GTEST_SKIP() << "no user namespaces here";
    ASSERT_TRUE(write_proc_file("/proc/self/setgroups", "deny"));
    ASSERT_TRUE(write_proc_file("/proc/self/uid_map", "0 " + uid + " 1\n"));
    ASSERT_TRUE(write_proc_file("/proc/self/gid_map", "0 " + gid + " 1\n"));
    fn();
  });
}

/// Gives the namespace of `pid` the users and groups from `first` on. To be called by root.
inline bool map_many_users(pid_t pid, uid_t first) {
  const std::string map = "0 " + std::to_string(first) + " 65536\n";
  const std::string process = "/proc/" + std::to_string(pid);
  return write_proc_file(process + "/uid_map", map) && write_proc_file(process + "/gid_map", map);
}

/// Runs `fn` in a child that is root of a user namespace with 65536 users, who are `first` and
/// those after it outside. For the true root only.
inline void in_namespace_of_many(uid_t first, const std::function<void()>& fn) {
  in_child_process([&] {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t inside = ::getpid();
    // Only somebody outside may write such a map.
    const pid_t mapper = ::fork();
    ASSERT_GE(mapper, 0);
    if (mapper == 0) {
      char byte = 0;
      ::close(ready[1]);
      ::_exit(::read(ready[0], &byte, 1) == 1 && map_many_users(inside, first) ? 0 : 1);
    }
    ::close(ready[0]);
    const bool made = ::unshare(CLONE_NEWUSER) == 0;
    if (made) {
      ASSERT_EQ(::write(ready[1], "x", 1), 1);
    }
    ::close(ready[1]);
    int status = 0;
    ASSERT_EQ(::waitpid(mapper, &status, 0), mapper);
    if (!made) GTEST_SKIP() << "no user namespaces here";
    ASSERT_EQ(status, 0) << "the users could not be mapped";
    ASSERT_EQ(::setgroups(0, nullptr), 0);
    ASSERT_EQ(::setresgid(0, 0, 0), 0);
    ASSERT_EQ(::setresuid(0, 0, 0), 0);
    fn();
  });
}

}  // namespace umoci::test
