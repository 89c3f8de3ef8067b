// SPDX-License-Identifier: Apache-2.0
#include <umoci/io/stage.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace umoci::io {
namespace {

constexpr std::size_t largest_chunk_bytes = 256U << 10U;

/// Throws what `error` holds. An Error is copied, since whoever catches it adds context to it, and
/// the same one may have to be thrown again.
[[noreturn]] void rethrow(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& original) {
    throw Error(original);
  }
}

}  // namespace

/// A queue of chunks between two threads. The last chunk may still grow while the first is being
/// read: the reader looks only at bytes that were published, the thread writes only behind them.
class ReadAhead::Worker {
 public:
  Worker(Source& upstream, std::size_t budget_bytes);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Bytes peek();
  void consume(std::size_t count) { position_ += count; }

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t filled = 0;
  };

  void run() noexcept;
  void fill();
  std::span<std::byte> wait_for_room();
  void publish(std::size_t count);
  void recycle_first_chunk();

  Source& upstream_;
  const std::size_t chunk_bytes_;
  const std::size_t most_chunks_;

  // Of the reader alone: what it sees of the first chunk.
  Bytes visible_;
  std::size_t position_ = 0;

  std::mutex mutex_;
  std::condition_variable more_bytes_;
  std::condition_variable more_room_;
  std::deque<Chunk> chunks_;
  std::vector<std::unique_ptr<std::byte[]>> pool_;
  std::exception_ptr error_;
  bool reader_waits_ = false;
  bool ended_ = false;
  bool stopped_ = false;

  std::thread thread_;
};

ReadAhead::Worker::Worker(Source& upstream, std::size_t budget_bytes)
    : upstream_(upstream),
      // Four chunks or more, so that both sides can be busy at once.
      chunk_bytes_(std::clamp<std::size_t>(budget_bytes / 4, 1, largest_chunk_bytes)),
      most_chunks_(std::max<std::size_t>(budget_bytes / chunk_bytes_, 1)) {
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    throw Error(ErrorKind::io, "start a thread", error.code());
  }
}

ReadAhead::Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  more_room_.notify_one();
  thread_.join();
}

void ReadAhead::Worker::run() noexcept {
  std::exception_ptr error;
  try {
    fill();
  } catch (...) {
    error = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  ended_ = true;
  more_bytes_.notify_one();
}

void ReadAhead::Worker::fill() {
  for (;;) {
    const std::span<std::byte> room = wait_for_room();
    if (room.empty()) return;
    const Bytes bytes = upstream_.peek();
    if (bytes.empty()) return;
    const std::size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    upstream_.consume(count);
    publish(count);
  }
}

/// The free part of the last chunk; empty when the reader has gone.
std::span<std::byte> ReadAhead::Worker::wait_for_room() {
  std::unique_lock lock(mutex_);
  if (chunks_.empty() || chunks_.back().filled == chunk_bytes_) {
    more_room_.wait(lock, [&] { return stopped_ || chunks_.size() < most_chunks_; });
    Chunk chunk;
    if (pool_.empty()) {
      chunk.bytes = std::make_unique_for_overwrite<std::byte[]>(chunk_bytes_);
    } else {
      chunk.bytes = std::move(pool_.back());
      pool_.pop_back();
    }
    chunks_.push_back(std::move(chunk));
  }
  if (stopped_) return {};
  const Chunk& last = chunks_.back();
  return {last.bytes.get() + last.filled, chunk_bytes_ - last.filled};
}

void ReadAhead::Worker::publish(std::size_t count) {
  const std::lock_guard lock(mutex_);
  chunks_.back().filled += count;
  if (reader_waits_) more_bytes_.notify_one();
}

Bytes ReadAhead::Worker::peek() {
  if (position_ < visible_.size()) return visible_.subspan(position_);
  std::unique_lock lock(mutex_);
  if (position_ == chunk_bytes_) recycle_first_chunk();
  const auto has_more = [&] { return !chunks_.empty() && chunks_.front().filled > position_; };
  reader_waits_ = true;
  more_bytes_.wait(lock, [&] { return ended_ || has_more(); });
  reader_waits_ = false;
  if (has_more()) {
    visible_ = {chunks_.front().bytes.get(), chunks_.front().filled};
    return visible_.subspan(position_);
  }
  if (error_) rethrow(error_);
  return {};
}

void ReadAhead::Worker::recycle_first_chunk() {
  pool_.push_back(std::move(chunks_.front().bytes));
  chunks_.pop_front();
  visible_ = {};
  position_ = 0;
  more_room_.notify_one();
}

ReadAhead::ReadAhead(Source& upstream, std::size_t budget_bytes)
    : worker_(std::make_unique<Worker>(upstream, budget_bytes)) {}

ReadAhead::~ReadAhead() = default;

Bytes ReadAhead::peek() { return worker_->peek(); }

void ReadAhead::consume(std::size_t count) { worker_->consume(count); }

}  // namespace umoci::io
