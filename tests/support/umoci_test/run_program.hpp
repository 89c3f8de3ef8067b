// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci_test/temporary_directory.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace umoci::test {

struct ProgramResult {
  /// Exit status; 128 + N if signal N ended the program; 127 if there is no such program.
  int status = 0;
  std::string out;
  std::string err;
};

/// Runs a program found on $PATH, with `input` as its standard input, in the C locale's UTF-8
/// variant, and waits for its end. The streams are files, so that no pipe can fill up.
[[nodiscard]] inline ProgramResult run_program(const std::vector<std::string>& arguments,
                                               std::string_view input = {}) {
  const TemporaryDirectory streams;
  const std::string in = streams / "in";
  const std::string out = streams / "out";
  const std::string err = streams / "err";
  write_file(in, input);

  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  std::vector<std::string> variables{"LC_ALL=C.UTF-8", "TZ=UTC"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!text.starts_with("LC_") && !text.starts_with("TZ=")) variables.emplace_back(text);
  }
  std::vector<char*> envp;
  for (std::string& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t pid = 0;
  const int failure = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  // EACCES: some directory on $PATH is closed to us, and the others do not have it.
  if (failure == ENOENT || failure == EACCES)
    return {.status = 127, .out = {}, .err = "no such program"};
  if (failure != 0) throw std::system_error(failure, std::system_category(), arguments.front());

  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::system_category(), "waitpid");
  }
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = read_file(out),
          .err = read_file(err)};
}

/// True if `name` is a program on $PATH. A test that compares with it skips, with the reason
/// printed, where it is not installed.
[[nodiscard]] inline bool has_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(directory.size() + 1, rest.size()));
    if (::access((std::string(directory) + "/" + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace umoci::test
