// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace umoci::codec {

/// `jobs`, or the number of processors that may be used if that is 0.
[[nodiscard]] unsigned effective_jobs(unsigned jobs);

/// Runs pieces of work side by side and lets their owner wait for them in the order in which they
/// were submitted. With one job there are no threads: submit() does the work itself. For use by one
/// thread, which may destroy it at any time: work that was not begun is forgotten, the rest is
/// waited for.
class WorkerThreads {
 public:
  explicit WorkerThreads(unsigned jobs) : jobs_(effective_jobs(jobs)) {}
  ~WorkerThreads();
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

  /// How many pieces of work should be under way at once: enough to keep all threads busy while the
  /// owner deals with the oldest result.
  [[nodiscard]] std::size_t capacity() const { return jobs_ == 1 ? 1 : std::size_t{jobs_} + 2; }
  /// Pieces submitted whose end was not waited for yet.
  [[nodiscard]] std::size_t pending() const { return pending_; }

  /// `work` is called once, on any thread.
  void submit(std::function<void()> work);

  /// Waits for the oldest piece of work. Throws what that threw.
  void wait_for_oldest();

 private:
  struct Piece {
    std::function<void()> work;
    std::exception_ptr error;
    bool done = false;
  };

  void add_thread();
  void serve();

  unsigned jobs_;
  std::size_t pending_ = 0;

  std::mutex mutex_;
  std::condition_variable more_work_;
  std::condition_variable more_done_;
  /// References to elements stay valid while others are added behind or removed in front.
  std::deque<Piece> pieces_;
  /// How many of `pieces_` some thread has begun.
  std::size_t begun_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace umoci::codec
