// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/root.hpp>
#include <umoci/tree/entry_source.hpp>

#include <functional>
#include <memory>

namespace umoci::fs {

struct WalkOptions {
  /// Read extended attributes into the entries.
  bool xattrs = true;
  /// Says of a directory whether what is below it is visited too. Unset: always.
  std::function<bool(const tree::Entry&)> descend;
};

/// Visits `start` and everything below it, parents first, names of one directory in byte order.
/// Links are entries, never followed. Several names of one inode are separate entries with equal
/// `inode`. content() opens the file on first use and checks that it still is the object the entry
/// describes; it yields what is in the file, which somebody who writes to it may have made more or
/// less than `size_bytes`. Times of last access stay as they are where that is allowed. Depth is
/// bounded by memory only. Throws: io, permission; conflict if the tree changes meanwhile.
class Walker final : public tree::EntrySource {
 public:
  explicit Walker(const Root& root, WalkOptions options = {}, const tree::TreePath& start = {});
  ~Walker() override;

  [[nodiscard]] const tree::Entry* next() override;
  [[nodiscard]] io::Source& content() override;

  /// The directory that holds the entry returned last (for the root entry: the root itself).
  [[nodiscard]] const Directory& parent() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// One object as an entry with link and xattrs; nullopt if it is missing. `path` names it in the
/// result.
[[nodiscard]] std::optional<tree::Entry> read_entry(const Directory& parent, std::string_view name,
                                                    const tree::TreePath& path);

/// The content of a regular file that must still be `inode`. Throws: conflict.
[[nodiscard]] std::unique_ptr<io::Source> open_content(const Directory& parent,
                                                       std::string_view name, tree::InodeId inode);

}  // namespace umoci::fs
