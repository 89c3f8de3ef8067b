// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/image_facts.hpp>

#include <cstddef>
#include <unordered_map>

namespace umoci::layer {

/// What the disk could not hold of the objects that an extraction made, by inode.
class UnheldFacts {
 public:
  /// Replaces what was recorded of the inode, also by nothing: numbers are used again. `type` is
  /// that of the object on the disk.
  void record(tree::InodeId inode, tree::EntryType type, const tree::ImageFacts& facts);
  /// The facts of an object of a disk; without members if there are none.
  [[nodiscard]] tree::ImageFacts find(const tree::Entry& entry) const;
  [[nodiscard]] std::size_t size() const noexcept { return facts_.size(); }

 private:
  struct Held {
    tree::EntryType type = tree::EntryType::file;
    tree::ImageFacts facts;
  };
  std::unordered_map<tree::InodeId, Held> facts_;
};

}  // namespace umoci::layer
