// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/mtree/compare.hpp>
#include <umoci/tree/entry_source.hpp>

#include <unordered_map>
#include <vector>

namespace umoci::layer {

/// Passes a tree of the disk on and notes which of its names are one object. A layer has to tell
/// all of them when it tells one: after `b` of the pair `a`, `b` was renamed to `c`, nothing about
/// `a` differs, but a layer without `a` would make two objects of one.
class LinkedNames final : public tree::EntrySource {
 public:
  /// Borrows the tree.
  explicit LinkedNames(tree::EntrySource& tree) : tree_(tree) {}

  [[nodiscard]] const tree::Entry* next() override;
  [[nodiscard]] io::Source& content() override { return tree_.content(); }

  /// `deltas` of the whole tree, and after them one for each other name of an object that they
  /// tell.
  [[nodiscard]] std::vector<mtree::Delta> completed(std::vector<mtree::Delta> deltas) const;

 private:
  tree::EntrySource& tree_;
  std::unordered_map<tree::TreePath, tree::InodeId> objects_;
  std::unordered_map<tree::InodeId, std::vector<tree::TreePath>> names_;
};

}  // namespace umoci::layer
