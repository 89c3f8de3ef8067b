// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace umoci::cli {

/// Turns the first signal that asks the program to end (SIGINT, SIGTERM, SIGHUP) into a request to
/// stop, so that what is half done can be undone; the second one ends the program at once. Signals
/// that whoever started the program wants ignored stay so. To be made before any other thread, and
/// once in a program. Kernel: signalfd(2).
class SignalWatcher {
 public:
  /// Throws: io.
  SignalWatcher();
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

  [[nodiscard]] std::stop_token stop() const { return stop_.get_token(); }
  /// The number of the signal that came; 0: none did.
  [[nodiscard]] int signal() const noexcept { return signal_; }

 private:
  void watch();

  sigset_t signals_{};
  UniqueFd signal_fd_;
  /// A pipe: closing one end is what cannot fail to wake the thread.
  UniqueFd end_read_fd_;
  UniqueFd end_write_fd_;
  std::stop_source stop_;
  std::atomic<int> signal_ = 0;
  std::thread thread_;
};

}  // namespace umoci::cli
