// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/directory.hpp>
#include <umoci/tree/entry.hpp>

#include <optional>
#include <vector>

namespace umoci::fs {

/// The directories from where a walk started down to where it is. Only the deepest ones are open:
/// the depth of a tree may exceed what descriptors there are.
class DirectoryStack {
 public:
  [[nodiscard]] bool empty() const noexcept { return levels_.empty(); }
  /// The deepest one.
  [[nodiscard]] const Directory& top() const { return *levels_.back().directory; }

  [[nodiscard]] tree::InodeId top_inode() const { return levels_.back().inode; }

  /// `directory` must be a subdirectory of top(), if there is one.
  void push(Directory directory);

  /// Goes back up. A parent closed meanwhile is opened as ".." of its child, and must be the
  /// directory it was. Throws: conflict if the child was moved; permission; io.
  void pop();

 private:
  struct Level {
    std::optional<Directory> directory;  ///< unset: closed
    tree::InodeId inode;
  };
  static Directory open_parent(const Directory& child, tree::InodeId expected);

  std::vector<Level> levels_;
};

}  // namespace umoci::fs
