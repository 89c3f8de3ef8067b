// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/root.hpp>
#include <umoci/tree/entry.hpp>

#include <optional>
#include <string>
#include <vector>

namespace umoci::layer {

[[nodiscard]] tree::InodeId inode_of(const struct stat& status);

/// The way from a directory down to one far below it, with a bounded number of descriptors however
/// deep that is: directories farther up are closed, and opened again when it comes back to them.
class Descent {
 public:
  /// `start` is the directory at `path` (free of links) in `root`, which must outlive this object.
  Descent(const fs::Root& root, const tree::TreePath& path, fs::Directory start);

  /// The deepest directory. Throws: conflict if it is not the same any more.
  [[nodiscard]] const fs::Directory& here();
  [[nodiscard]] std::size_t depth() const noexcept { return levels_.size(); }

  /// Goes down into a subdirectory of here().
  void enter(std::string name, fs::Directory directory);
  /// Goes back to the parent; not above the start.
  void leave();

 private:
  struct Level {
    std::string name;
    tree::InodeId inode;
    std::optional<fs::Directory> directory;  ///< unset: closed
  };
  void reopen();
  [[nodiscard]] tree::TreePath path_of(std::size_t level) const;
  void restore(Level& level, std::optional<fs::Directory> directory) const;

  const fs::Root& root_;
  std::vector<Level> levels_;
};

}  // namespace umoci::layer
