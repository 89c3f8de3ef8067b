// SPDX-License-Identifier: Apache-2.0
// without_openat2 PROGRAM [ARGUMENT]...: runs a program for which the kernel has no openat2(2), as
// before Linux 5.6.
#include <umoci_test/restricted_child.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: without_openat2 PROGRAM [ARGUMENT]...\n", stderr);
    return 2;
  }
  umoci::test::forbid_system_calls({SYS_openat2}, ENOSYS);
  ::execvp(argv[1], argv + 1);
  std::perror(argv[1]);
  return 127;
}
