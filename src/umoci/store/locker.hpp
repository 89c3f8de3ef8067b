// SPDX-License-Identifier: Apache-2.0
#pragma once

// Advisory locks (flock) between processes that work on one layout. An open descriptor is the
// lock: closing it lets go. Kernel: flock locks belong to the open file description, so that two
// threads exclude each other as long as each opened the file itself.

#include <umoci/base/log.hpp>
#include <umoci/base/unique_fd.hpp>
#include <umoci/store/lock_mode.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace umoci::store {

/// What came of asking for a lock.
enum class TryLock {
  locked,
  busy,         ///< somebody else holds it
  unsupported,  ///< this file system knows no locks
};

/// Asks for the exclusive lock without waiting. Throws: io.
[[nodiscard]] TryLock try_lock(int fd);

/// Waits for locks and tells when that takes long.
class Locker {
 public:
  struct Patience {
    std::optional<std::chrono::milliseconds> timeout;  ///< nullopt: for ever
    std::stop_token stop;
  };

  /// `place` names the layout in messages.
  Locker(std::string place, Patience patience, Log& log)
      : place_(std::move(place)), patience_(std::move(patience)), log_(log) {}

  /// Takes the lock, or turns the one held into `mode`; the latter is not atomic. Where the file
  /// system knows no locks this warns once and returns. Throws: conflict when the time is over,
  /// cancelled.
  void lock(int fd, LockMode mode, std::string_view what);

 private:
  [[nodiscard]] int wait_for_lock(int fd, int operation,
                                  std::chrono::steady_clock::time_point start) const;

  std::string place_;
  Patience patience_;
  Log& log_;
  std::atomic_flag warned_;
};

}  // namespace umoci::store
