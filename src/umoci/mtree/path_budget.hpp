// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>

#include <cstdint>

namespace umoci::mtree {

/// Bounds the memory for the paths of a manifest. Directories nested 100,000 deep take a few bytes
/// each in a manifest or on a disk, but 10 GB when every path is held in full.
class PathBudget {
 public:
  /// Accounts for one more record. Throws: limit_exceeded.
  void charge(std::uint64_t bytes) {
    used_bytes_ += bytes;
    allowed_bytes_ += bytes_per_record;
    if (used_bytes_ > allowed_bytes_) {
      throw Error(ErrorKind::limit_exceeded,
                  "paths take more than " + std::to_string(allowed_bytes_) +
                      " bytes together: the tree is too deep for a manifest");
    }
  }

 private:
  static constexpr std::uint64_t bytes_per_record = 1U << 10U;

  std::uint64_t used_bytes_ = 0;
  std::uint64_t allowed_bytes_ = 256U << 20U;
};

}  // namespace umoci::mtree
