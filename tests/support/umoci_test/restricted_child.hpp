// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a test wants to do to a process without doing it to its own.

#include <umoci_test/child_process.hpp>

#include <gtest/gtest.h>

#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <string>
#include <system_error>
#include <vector>

namespace umoci::test {

/// Runs `fn`, with expectations in it, in a child. Those that fail are printed there, and fail the
/// test here too. To be called while no other threads run.
inline void in_child_process(const std::function<void()>& fn) {
  std::fflush(nullptr);
  EXPECT_EQ(in_child([&]() -> std::string {
              try {
                fn();
              } catch (const std::exception& error) {
                ADD_FAILURE() << error.what();
              }
              std::fflush(nullptr);
              return testing::Test::HasFailure() ? "failed" : "";
            }),
            "");
}

/// True for root outside of user namespaces: who may give files away and make devices.
[[nodiscard]] inline bool is_real_root() {
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  map >> inside >> outside >> count;
  return ::geteuid() == 0 && (!map || (outside == 0 && count == 0xffffffff));
}

/// "nobody": who owns nothing but what a test gives away.
constexpr uid_t plain_user = 65534;

inline void become_plain_user() {
  if (is_real_root()) {
    ASSERT_EQ(::setgroups(0, nullptr), 0);
    ASSERT_EQ(::setresgid(plain_user, plain_user, plain_user), 0);
    ASSERT_EQ(::setresuid(plain_user, plain_user, plain_user), 0);
  } else {
    // In a user namespace only capabilities make root more than anybody else.
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const __user_cap_data_struct none[2] = {};
    ASSERT_EQ(::syscall(SYS_capset, &header, none), 0);
  }
}

/// Runs `fn` in a child which is a plain user without any privilege, and owns `directory`.
inline void as_plain_user(const std::filesystem::path& directory, const std::function<void()>& fn) {
  if (is_real_root()) {
    ASSERT_EQ(::chown(directory.c_str(), plain_user, plain_user), 0);
  }
  in_child_process([&] {
    become_plain_user();
    ASSERT_EQ(::access(directory.c_str(), X_OK), 0) << "the temporary directory is out of reach";
    fn();
  });
}

/// Makes system calls fail with `error` in this process from now on.
inline void forbid_system_calls(std::initializer_list<long> numbers, int error) {
  std::vector<sock_filter> program;
  program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (const long number : numbers) {
    program.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
    program.push_back(
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()),
                          .filter = program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    throw std::system_error(errno, std::system_category(), "seccomp");
  }
}

}  // namespace umoci::test
