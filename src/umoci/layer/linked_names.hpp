// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/layer/masks.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/tree/entry_source.hpp>

#include <unordered_map>
#include <vector>

namespace umoci::layer {

/// Passes a tree of the disk on and notes which of its names are one object. A layer has to tell
/// all of them when it tells one: after `b` of the pair `a`, `b` was renamed to `c`, nothing about
/// `a` differs, but a layer without `a` would make two objects of one. Sockets are left out, as
/// they are of layers.
class LinkedNames final : public tree::EntrySource {
 public:
  /// Borrows the tree.
  explicit LinkedNames(tree::EntrySource& tree) : tree_(tree) {}

  [[nodiscard]] const tree::Entry* next() override;
  [[nodiscard]] io::Source& content() override { return tree_.content(); }

  /// `deltas` of the whole tree, and after them one for each other name of an object that they
  /// tell. What is masked is not told: it takes no names along and is not taken along.
  [[nodiscard]] std::vector<mtree::Delta> completed(std::vector<mtree::Delta> deltas,
                                                    const Masks& masks) const;

  /// The masked names of objects that `changes` tell under other names: in the image they are from
  /// now on objects of their own.
  [[nodiscard]] std::vector<tree::TreePath> left_behind(const std::vector<mtree::Delta>& changes,
                                                        const Masks& masks) const;

 private:
  tree::EntrySource& tree_;
  std::unordered_map<tree::TreePath, tree::InodeId> objects_;
  std::unordered_map<tree::InodeId, std::vector<tree::TreePath>> names_;
};

}  // namespace umoci::layer
