// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only door to a tree on disk that holds somebody else's files. Paths are resolved inside the
// tree, whatever links they meet and whoever swaps them meanwhile; all work is done relative to
// directory descriptors, one component at a time. Must not know of layers, tar or images.
// Read first: Root, Directory, then metadata.hpp and walker.hpp.

#include <umoci/base/unique_fd.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/fs/link_budget.hpp>
#include <umoci/tree/path.hpp>

#include <filesystem>
#include <optional>

namespace umoci::fs {

/// How directories are looked up. Both give the same answers.
enum class Lookup {
  automatic,       ///< openat2 where the kernel has it
  openat2,         ///< Kernel: 5.6. Throws unsupported where it is missing
  component_walk,  ///< O_PATH | O_NOFOLLOW, one component after the other
};

struct RootOptions {
  Lookup lookup = Lookup::automatic;
  Access access = Access::as_granted;
};

/// Where a path lies after all links on it were followed inside the tree.
struct Location {
  /// Free of links. Components behind the first missing one are taken as they are written.
  tree::TreePath path;
  /// The deepest directory on `path` that exists, and its path.
  tree::TreePath existing_path;
  Directory existing;
  /// How many links were followed on the way.
  std::uint64_t links = 0;

  /// True if `path` names an existing directory, which then is `existing`.
  [[nodiscard]] bool is_directory() const { return path == existing_path; }
};

/// A tree on disk. Copies share the descriptor. Thread-safe.
class Root {
 public:
  /// Opens an existing directory; `path` is the user's own and its links are followed.
  /// Throws: not_found, permission, io; invalid_argument if it is no directory.
  [[nodiscard]] static Root open(const std::filesystem::path& path, RootOptions options = {});

  /// The tree below a directory that is open already.
  [[nodiscard]] static Root at(Directory directory, Lookup lookup = Lookup::automatic);

  /// The same tree, all of whose calls of resolve() share `budget`, which must outlive it. No
  /// longer thread-safe.
  [[nodiscard]] Root charging(LinkBudget& budget) const;

  /// The root directory itself.
  [[nodiscard]] const Directory& directory() const noexcept { return directory_; }

  /// Follows every component of `path`, the last one too. Absolute links start at the root of the
  /// tree, ".." stops there. A component that is no directory ends the search like a missing one:
  /// then `existing` is its parent. Throws: unsafe_path after more than 255 links and
  /// limit_exceeded after very many steps, or what charging() says; permission; io.
  /// Spec: layers.md 1.5.
  [[nodiscard]] Location resolve(const tree::TreePath& path) const;

  /// Opens the directory at `path`, on which no component may be a link; nullopt if it is missing,
  /// no directory, or behind a link. The cheap way back to a place that resolve() told of.
  [[nodiscard]] std::optional<Directory> open_directory(const tree::TreePath& path) const;

  /// Opens a regular file for reading, links followed inside the tree as resolve() does; nullopt if
  /// there is nothing at `path`. Never blocks on a FIFO and never opens a device: anything but a
  /// regular file is invalid_data.
  [[nodiscard]] std::optional<UniqueFd> open_file(const tree::TreePath& path) const;

 private:
  Root(Directory directory, Lookup lookup);

  Directory directory_;
  Lookup lookup_;
  LinkBudget* budget_ = nullptr;  ///< nullptr: each call has its own
};

}  // namespace umoci::fs
