// SPDX-License-Identifier: Apache-2.0
#pragma once

// How far a long operation is. The library counts what it did; whoever lends it a Progress decides
// what becomes of the counts. Must not know of terminals or clocks. Read first: Progress,
// PhaseReport.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace umoci {

/// What an operation is busy with.
enum class ProgressActivity {
  read_layers,      ///< layers of an image are read, and perhaps applied to a tree
  describe_rootfs,  ///< a tree is walked for its manifest
  compare_rootfs,   ///< a tree is compared with its manifest
  write_layer,      ///< a layer is made
  find_garbage,     ///< what is used in a layout is looked for, then what is not
  remove_garbage,
  check_blobs,  ///< what the documents of a layout say is compared with what is there
};

/// A part of an operation, with counts of its own.
struct ProgressPhase {
  ProgressActivity activity = ProgressActivity::read_layers;
  std::uint64_t steps = 0;                       ///< how many there will be; 0: it has none
  std::optional<std::uint64_t> total_bytes{};    ///< nullopt: not known beforehand
  std::optional<std::uint64_t> total_entries{};  ///< nullopt: not known beforehand
};

/// One of the equal parts of a phase, such as one layer of five.
struct ProgressStep {
  std::uint64_t number = 1;  ///< counted from 1
  std::string_view name;     ///< such as the digest of the layer
};

/// Is told how far an operation is: any number of phases one after the other, in each of them its
/// steps. A phase that fails is not ended. Bytes and entries are counted for the whole phase, by
/// any thread; begin(), begin_step() and end() are called by one thread at a time, while no other
/// counts.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;

  /// What was counted for the phase before is forgotten.
  virtual void begin(const ProgressPhase& phase) = 0;
  virtual void begin_step(const ProgressStep& step) = 0;
  virtual void end() = 0;

  // An atomic addition and nothing else: these are called for each chunk and each entry.
  void add_bytes(std::uint64_t count) noexcept {
    bytes_.fetch_add(count, std::memory_order_relaxed);
  }
  void add_entries(std::uint64_t count) noexcept {
    entries_.fetch_add(count, std::memory_order_relaxed);
  }

 protected:
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t entries() const noexcept { return entries_; }
  void forget_counts() noexcept {
    bytes_ = 0;
    entries_ = 0;
  }

 private:
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::uint64_t> entries_ = 0;
};

/// A phase on its way to a Progress that may be absent.
class PhaseReport {
 public:
  /// Begins the phase; `to` may be nullptr.
  PhaseReport(Progress* to, const ProgressPhase& phase) : to_(to) {
    if (to_ != nullptr) to_->begin(phase);
  }

  void begin_step(const ProgressStep& step) const {
    if (to_ != nullptr) to_->begin_step(step);
  }
  void add_bytes(std::uint64_t count) const noexcept {
    if (to_ != nullptr) to_->add_bytes(count);
  }
  void add_entry() const noexcept {
    if (to_ != nullptr) to_->add_entries(1);
  }
  /// To be called once, when all of it is done.
  void finish() const {
    if (to_ != nullptr) to_->end();
  }

 private:
  Progress* to_;
};

}  // namespace umoci
