// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/mtree/path_budget.hpp>
#include <umoci/tree/entry.hpp>
#include <umoci/tree/path.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace umoci::layer {

/// Names a directory for as long as it exists; never used again afterwards.
using DirectoryId = std::uint64_t;
/// Counts from 1; 0 stands for none.
using LayerNumber = std::uint32_t;

/// Where the metadata that a directory gets in the end comes from.
enum class Origin {
  untouched,  ///< nothing was changed in it
  found,      ///< it was there before; it gets its former times back
  implied,    ///< some entry lies below it, but none describes it
  stated,     ///< an entry describes it
};

/// What is known of one directory of the tree on disk.
struct KnownDirectory {
  DirectoryId parent = 0;  ///< itself for the root
  std::string name;
  std::uint64_t depth = 0;       ///< components of the path
  std::uint64_t path_bytes = 0;  ///< of the path
  std::map<std::string, DirectoryId, std::less<>> children;

  Origin origin = Origin::untouched;
  tree::InodeId inode;  ///< unless untouched
  /// What is created inside may come into being with access control lists.
  bool hands_down_acl = false;
  /// It may have attributes that nobody stated.
  bool has_own_xattrs = true;
  LayerNumber touched_in = 0;  ///< last layer that has an entry at or below it
  LayerNumber stated_in = 0;   ///< last layer that has an entry for it
  /// Last layer that left nothing in it but its own: nothing more can be hidden at or below it.
  LayerNumber all_upper_in = 0;
  /// Implied, and its time is that of its parent at the end of this layer.
  bool inherits_time = false;

  std::uint32_t mode = 0;
  std::optional<fs::Owner> owner;
  Time mtime;
  std::optional<Time> atime;
  std::unique_ptr<tree::Xattrs> xattrs;  ///< null: none
};

/// The directories of a tree that an extraction had to do with, and their ancestors, by the paths
/// they really have (no links on them). Memory grows with their number, not with their depth.
class KnownDirectories {
 public:
  static constexpr DirectoryId root = 0;

  /// `limits` says how deep directories may lie, links on the way to them followed, and how long
  /// all paths may be together.
  explicit KnownDirectories(const Limits& limits = {});

  [[nodiscard]] KnownDirectory& at(DirectoryId id) { return directories_.at(id); }
  [[nodiscard]] const KnownDirectory& at(DirectoryId id) const { return directories_.at(id); }
  [[nodiscard]] bool contains(DirectoryId id) const { return directories_.contains(id); }

  /// nullptr if nothing is known of that child.
  [[nodiscard]] const DirectoryId* find_child(DirectoryId parent, std::string_view name) const;
  /// Throws: limit_exceeded, if nothing was known of it (Limits::path_depth and tree_path_bytes).
  [[nodiscard]] DirectoryId child(DirectoryId parent, std::string_view name);
  [[nodiscard]] DirectoryId at_path(const tree::TreePath& path);
  [[nodiscard]] tree::TreePath path_of(DirectoryId id) const;
  /// True if `id` is `ancestor` or lies below it.
  [[nodiscard]] bool is_within(DirectoryId id, DirectoryId ancestor) const;

  /// Accounts for the path of something else than a directory. Throws: limit_exceeded.
  void count_path(DirectoryId parent, std::string_view name);

  /// Forgets a child and everything below it: it was removed.
  void forget(DirectoryId parent, std::string_view name);

 private:
  Limits limits_;
  mtree::PathBudget paths_;
  std::unordered_map<DirectoryId, KnownDirectory> directories_;
  DirectoryId next_ = root + 1;
};

}  // namespace umoci::layer
