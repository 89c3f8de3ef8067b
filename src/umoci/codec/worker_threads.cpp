// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/worker_threads.hpp>

#include <umoci/base/usable_processors.hpp>

#include <algorithm>
#include <system_error>

namespace umoci::codec {
namespace {

std::exception_ptr outcome_of(const std::function<void()>& work) {
  try {
    work();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace

unsigned effective_jobs(unsigned jobs) { return jobs != 0 ? jobs : usable_processors(); }

WorkerThreads::~WorkerThreads() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  more_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerThreads::submit(std::function<void()> work) {
  ++pending_;
  if (jobs_ > 1 && threads_.size() < std::min<std::size_t>(jobs_, pending_)) add_thread();
  if (threads_.empty()) {
    pieces_.push_back({.work = {}, .error = outcome_of(work), .done = true});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    pieces_.push_back({.work = std::move(work), .error = {}, .done = false});
  }
  more_work_.notify_one();
}

void WorkerThreads::wait_for_oldest() {
  Piece oldest;
  {
    std::unique_lock lock(mutex_);
    more_done_.wait(lock, [&] { return pieces_.front().done; });
    oldest = std::move(pieces_.front());
    pieces_.pop_front();
    if (!threads_.empty()) --begun_;
  }
  --pending_;
  if (oldest.error) std::rethrow_exception(oldest.error);
}

/// Where the system grants no further thread, the ones there are do the work: more slowly, but with
/// the same result.
void WorkerThreads::add_thread() {
  try {
    threads_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {
    jobs_ = std::max(1U, static_cast<unsigned>(threads_.size()));
  }
}

void WorkerThreads::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    more_work_.wait(lock, [&] { return stopped_ || begun_ < pieces_.size(); });
    if (stopped_) return;
    Piece& piece = pieces_[begun_++];
    const std::function<void()> work = std::move(piece.work);
    lock.unlock();
    std::exception_ptr error = outcome_of(work);
    lock.lock();
    piece.error = std::move(error);
    piece.done = true;
    more_done_.notify_one();
  }
}

}  // namespace umoci::codec
