// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>
#include <umoci/base/limits.hpp>

#include <cstdint>

namespace umoci::mtree {

/// Bounds the memory for the paths of a manifest. Directories nested 100,000 deep take a few bytes
/// each in a manifest or on a disk, but 10 GB when every path is held in full.
class PathBudget {
 public:
  explicit PathBudget(const Limits& limits = {}) : limit_bytes_(limits.tree_path_bytes) {}

  /// Accounts for one more path. Throws: limit_exceeded (Limits::tree_path_bytes).
  void charge(std::uint64_t bytes) {
    used_bytes_ += bytes;
    free_bytes_ += bytes_per_path;
    if (used_bytes_ <= free_bytes_ || used_bytes_ - free_bytes_ <= limit_bytes_) return;
    throw Error(ErrorKind::limit_exceeded,
                "limit tree_path_bytes exceeded: all paths together take more than " +
                    std::to_string(limit_bytes_) + " bytes beyond " +
                    std::to_string(bytes_per_path) +
                    " for each: the tree is too deep for a manifest");
  }

 private:
  static constexpr std::uint64_t bytes_per_path = 1U << 10U;

  std::uint64_t limit_bytes_;
  std::uint64_t used_bytes_ = 0;
  std::uint64_t free_bytes_ = 0;
};

}  // namespace umoci::mtree
