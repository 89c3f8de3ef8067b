// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/tree/entry.hpp>

#include <cstdint>

namespace umoci::layer {

/// Counts what all layers of an image ask of the disk together.
class ImageTotals {
 public:
  explicit ImageTotals(const Limits& limits) : limits_(limits) {}

  void begin_layer() { layer_entries_ = 0; }
  /// To be called before anything is done for `entry`. Throws: limit_exceeded.
  void add(const tree::Entry& entry);
  /// For a directory that no entry describes: few entries can make very many. Throws:
  /// limit_exceeded.
  void add_implied_directory() { count_entry(); }

 private:
  void count_entry();

  Limits limits_;
  std::uint64_t layer_entries_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t hole_bytes_ = 0;
  std::uint64_t xattr_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;
};

}  // namespace umoci::layer
