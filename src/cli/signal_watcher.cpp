// SPDX-License-Identifier: Apache-2.0
#include <cli/signal_watcher.hpp>

#include <umoci/base/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace umoci::cli {
namespace {

bool is_ignored(int signal) {
  struct sigaction action{};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

SignalWatcher::SignalWatcher() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) sigaddset(&signals_, signal);
  }
  signal_fd_ = UniqueFd(::signalfd(-1, &signals_, SFD_CLOEXEC));
  std::array<int, 2> ends{-1, -1};
  if (!signal_fd_ || ::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("watch for signals");
  end_read_fd_ = UniqueFd(ends[0]);
  end_write_fd_ = UniqueFd(ends[1]);
  // Threads made later inherit this: none of them is interrupted.
  ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] { watch(); });
}

SignalWatcher::~SignalWatcher() {
  end_write_fd_.reset();
  thread_.join();
}

void SignalWatcher::watch() {
  std::array<pollfd, 2> events{{{.fd = signal_fd_.get(), .events = POLLIN, .revents = 0},
                                {.fd = end_read_fd_.get(), .events = POLLIN, .revents = 0}}};
  for (;;) {
    if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) return;
    if (events[1].revents != 0) return;
    if (events[0].revents == 0) continue;
    signalfd_siginfo info{};
    if (::read(signal_fd_.get(), &info, sizeof info) != sizeof info) return;
    signal_ = static_cast<int>(info.ssi_signo);
    // The next one ends the program at once, even while those who are told of this one wait for a
    // terminal or a pipe.
    ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
    stop_.request_stop();
  }
}

}  // namespace umoci::cli
