// SPDX-License-Identifier: Apache-2.0

// umoci: creates, unpacks, repacks, edits and checks OCI container images on a local disk.
//
// Where to look:
//   cli/          this program: arguments, messages, exit status; commands/ has a file per command
//   umoci/bundle  the two stories: unpack.cpp and repack.cpp
//   umoci/image   what an image means: resolve a name, edit, commit
//   umoci/layer   changes to a tree: apply them to a disk, find them, write them
//   umoci/store   blobs and names in a layout, garbage
//   umoci/codec   gzip and zstd        umoci/runtime  config.json
//   umoci/oci     documents            umoci/tar      archives
//   umoci/mtree   manifests of trees   umoci/fs       the only door to a tree on disk
//   umoci/digest  names of bytes       umoci/tree     shape of trees
//   umoci/io      streams of bytes     umoci/base     errors, time, limits, log

#include <cli/run.hpp>
#include <cli/signal_watcher.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <iostream>

namespace {

/// A file opened later must not become standard output or error: messages would be written into it.
/// Reading or writing what was closed still fails.
void open_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest free number, which is `fd`.
    static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

umoci::Timestamp local_now() {
  std::timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  std::tm local{};
  ::localtime_r(&now.tv_sec, &local);
  return {.time = {.seconds = now.tv_sec, .nanoseconds = static_cast<std::uint32_t>(now.tv_nsec)},
          .offset_minutes = static_cast<int>(local.tm_gmtoff / 60)};
}

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::size_t> columns_of(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

/// 0 in the background, where the terminal is somebody else's.
unsigned progress_columns() {
  const pid_t foreground = ::tcgetpgrp(STDERR_FILENO);
  if (foreground > 0 && foreground != ::getpgrp()) return 0;
  constexpr unsigned usual_columns = 80;
  return static_cast<unsigned>(columns_of(STDERR_FILENO).value_or(usual_columns));
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  ::tzset();  // localtime_r need not
  // A reader that went away is an error of the write, not the end of a half-done change.
  std::signal(SIGPIPE, SIG_IGN);
  const umoci::cli::SignalWatcher signals;
  umoci::cli::Io io{.in = std::cin,
                    .out = std::cout,
                    .err = std::cerr,
                    .environment = environment,
                    .now = local_now,
                    .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                    .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                    .out_columns = [] { return columns_of(STDOUT_FILENO); },
                    .stop = signals.stop(),
                    .err_columns = progress_columns};
  const int status = umoci::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc}, io);
  // As a shell tells it of a program that a signal ended. What was finished before stays a success.
  return status == 0 || signals.signal() == 0 ? status : 128 + signals.signal();
}
