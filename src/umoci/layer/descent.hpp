// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/directory.hpp>
#include <umoci/tree/entry.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace umoci::layer {

[[nodiscard]] tree::InodeId inode_of(const struct stat& status);

/// The way from a directory down to one far below it, with a bounded number of descriptors however
/// deep that is: of the directories farther up only some stay open, from which the others are found
/// again on the way back.
class Descent {
 public:
  explicit Descent(fs::Directory start);

  /// The deepest directory. Throws: conflict if it is not the same any more.
  [[nodiscard]] const fs::Directory& here();

  /// Goes down into a subdirectory of here().
  void enter(std::string name, fs::Directory directory);
  /// Goes back to the parent; not above the start.
  void leave() { levels_.pop_back(); }

 private:
  struct Level {
    std::string name;
    tree::InodeId inode;
    std::optional<fs::Directory> directory;  ///< unset: closed
  };
  void close(std::size_t level);
  void reopen();

  std::vector<Level> levels_;
  std::size_t milestone_distance_;  ///< between directories that stay open
};

}  // namespace umoci::layer
