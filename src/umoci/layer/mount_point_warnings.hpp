// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/tree/entry_source.hpp>

#include <cstdint>
#include <vector>

namespace umoci::layer {

/// Passes a tree of the disk on and warns of directories that lie on another file system than their
/// parents: what is mounted there becomes a part of the layer, which hardly anybody wants.
class MountPointWarnings final : public tree::EntrySource {
 public:
  /// Borrows both.
  MountPointWarnings(tree::EntrySource& tree, Log& log) : tree_(tree), log_(log) {}

  [[nodiscard]] const tree::Entry* next() override;
  [[nodiscard]] io::Source& content() override { return tree_.content(); }

 private:
  struct Directory {
    tree::TreePath path;
    std::uint64_t device;
  };

  tree::EntrySource& tree_;
  Log& log_;
  std::vector<Directory> parents_;  ///< the directories that the last entry lies in, or is
};

}  // namespace umoci::layer
