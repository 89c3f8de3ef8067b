// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/codec/worker_threads.hpp>

#include <deque>
#include <memory>
#include <vector>

namespace umoci::codec {

/// Pieces of a stream that are worked on side by side and come out in the order in which they went
/// in. A Piece owns its buffers, which are large, so that pieces are used again; its run() may be
/// called on any thread. Not thread-safe itself.
template <class Piece>
class PieceQueue {
 public:
  explicit PieceQueue(unsigned jobs) : workers_(jobs) {}

  [[nodiscard]] bool empty() const { return submitted_.empty(); }
  /// True if the oldest piece should be taken before another one is made.
  [[nodiscard]] bool full() const { return workers_.pending() >= workers_.capacity(); }

  /// A piece that was given back before; null if there is none.
  [[nodiscard]] std::unique_ptr<Piece> idle() {
    if (idle_.empty()) return nullptr;
    std::unique_ptr<Piece> piece = std::move(idle_.back());
    idle_.pop_back();
    return piece;
  }
  void give_back(std::unique_ptr<Piece> piece) { idle_.push_back(std::move(piece)); }

  void submit(std::unique_ptr<Piece> piece) {
    submitted_.push_back(std::move(piece));
    workers_.submit([submitted = submitted_.back().get()] { submitted->run(); });
  }

  /// The oldest piece, when its work is done. Throws what that threw.
  [[nodiscard]] std::unique_ptr<Piece> take() {
    std::unique_ptr<Piece> piece = std::move(submitted_.front());
    submitted_.pop_front();
    // Until this returns the piece is still being worked on, and is not destroyed even if it
    // throws: by then the work has ended.
    workers_.wait_for_oldest();
    return piece;
  }

 private:
  std::vector<std::unique_ptr<Piece>> idle_;
  // Destroyed after the threads have ended that work on them.
  std::deque<std::unique_ptr<Piece>> submitted_;
  WorkerThreads workers_;
};

}  // namespace umoci::codec
