// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/locker.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>

#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace umoci::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds quiet_time{1000};
constexpr milliseconds longest_pause{20};

bool is_unsupported(int number) {
  // EBADF: a descriptor that can only name its directory (O_PATH).
  return number == ENOLCK || number == EOPNOTSUPP || number == EINVAL || number == ENOSYS ||
         number == EBADF;
}

/// 0 or errno.
int flock_errno(int fd, int operation) {
  while (::flock(fd, operation) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

/// Asks again and again until `deadline`; returns what flock() said last.
int poll_lock(int fd, int operation, steady_clock::time_point deadline,
              const std::stop_token& stop) {
  milliseconds pause{1};
  for (;;) {
    const int failure = flock_errno(fd, operation | LOCK_NB);
    if (failure != EWOULDBLOCK || steady_clock::now() >= deadline) return failure;
    check_not_cancelled(stop);
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, longest_pause);
  }
}

}  // namespace

TryLock try_lock(int fd) {
  const int failure = flock_errno(fd, LOCK_EX | LOCK_NB);
  if (failure == 0) return TryLock::locked;
  if (failure == EWOULDBLOCK) return TryLock::busy;
  if (is_unsupported(failure)) return TryLock::unsupported;
  throw Error::from_errno(failure, "lock");
}

int Locker::wait_for_lock(int fd, int operation, steady_clock::time_point start) const {
  if (patience_.timeout) {
    return poll_lock(fd, operation, start + *patience_.timeout, patience_.stop);
  }
  // The kernel lets those who wait take turns, but would not ask whether we still want the lock.
  if (!patience_.stop.stop_possible()) return flock_errno(fd, operation);
  return poll_lock(fd, operation, steady_clock::time_point::max(), patience_.stop);
}

void Locker::lock(int fd, LockMode mode, std::string_view what) {
  const int operation = mode == LockMode::shared ? LOCK_SH : LOCK_EX;
  const steady_clock::time_point start = steady_clock::now();
  const milliseconds timeout = patience_.timeout.value_or(milliseconds::max());
  int failure = poll_lock(fd, operation, start + std::min(quiet_time, timeout), patience_.stop);
  if (failure == EWOULDBLOCK && timeout >= quiet_time) {
    log_.warn("waiting for another process to let go of the " + std::string(what),
              {{"layout", place_}});
    failure = wait_for_lock(fd, operation, start);
  }
  if (failure == 0) return;
  if (failure == EWOULDBLOCK) {
    throw Error(ErrorKind::conflict, "another process holds the " + std::string(what) + " of " +
                                         quoted(place_) + ": gave up waiting");
  }
  if (!is_unsupported(failure)) {
    throw Error::from_errno(failure, "lock the " + std::string(what) + " of " + quoted(place_));
  }
  if (!warned_.test_and_set()) {
    log_.warn("this file system has no locks: make sure that nobody else changes the layout",
              {{"layout", place_}});
  }
}

}  // namespace umoci::store
