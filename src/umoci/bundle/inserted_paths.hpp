// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/tree/entry.hpp>

#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace umoci::bundle {

/// Keeps several trees that become one layer from writing any entry twice, and from putting
/// something else where another one needs a directory.
class InsertedPaths {
 public:
  /// Throws: invalid_argument if a target comes twice; limit_exceeded (Limits::tree_path_bytes)
  /// for targets whose parents together are too much to keep.
  InsertedPaths(const std::vector<tree::TreePath>& targets, const Limits& limits);

  /// True if the object shall be written; false for a directory that was written before. Throws:
  /// invalid_argument if another object has that place.
  [[nodiscard]] bool admit(const tree::TreePath& path, tree::EntryType type);

 private:
  bool is_single_;
  std::unordered_set<tree::TreePath> parents_;  ///< of the targets, which must be directories
  std::unordered_map<tree::TreePath, tree::EntryType> written_;
};

}  // namespace umoci::bundle
