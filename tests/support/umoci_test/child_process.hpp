// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <string>
#include <system_error>

namespace umoci::test {

/// Another process that runs a part of the test: one that may die, take locks, give up its rights
/// or mount something. To be made while the test has no other threads.
class ChildProcess {
 public:
  /// Starts `fn`; the string it returns, or the text of the exception that ends it, is what wait()
  /// gives.
  template <class Fn>
  explicit ChildProcess(Fn fn) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::system_error(errno, std::system_category(), "pipe");
    pid_ = ::fork();
    if (pid_ < 0) throw std::system_error(errno, std::system_category(), "fork");
    if (pid_ == 0) {
      ::close(ends[0]);
      write_all(ends[1], text_of(fn));
      ::_exit(0);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    if (pid_ > 0) kill();
  }

  /// Waits for the end. "signal N" if the process was killed by one, "status N" if it ended itself.
  std::string wait() {
    std::string text;
    char buffer[4096];
    for (;;) {
      const ssize_t count = ::read(output_, buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    ::close(output_);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    // A sanitizer that finds something ends the process without a word to us.
    if (WEXITSTATUS(status) != 0) return "status " + std::to_string(WEXITSTATUS(status));
    return text;
  }

  void kill() {
    ::kill(pid_, SIGKILL);
    wait();
  }

 private:
  template <class Fn>
  static std::string text_of(Fn& fn) {
    try {
      return fn();
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  static void write_all(int fd, const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t count = ::write(fd, text.data() + done, text.size() - done);
      if (count < 0 && errno != EINTR) return;
      if (count > 0) done += static_cast<std::size_t>(count);
    }
  }

  pid_t pid_ = -1;
  int output_ = -1;
};

template <class Fn>
std::string in_child(Fn fn) {
  return ChildProcess(fn).wait();
}

/// Gives the calling process mounts of its own, which vanish with it. False where that is not
/// permitted. To be called in a child.
[[nodiscard]] inline bool enter_mount_namespace() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

/// True if tests can mount in a child.
[[nodiscard]] inline bool can_mount() {
  return in_child([] { return std::string(enter_mount_namespace() ? "yes" : "no"); }) == "yes";
}

}  // namespace umoci::test
