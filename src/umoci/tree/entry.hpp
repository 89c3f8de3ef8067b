// SPDX-License-Identifier: Apache-2.0
#pragma once

// One object of a file tree. The one entry type that crosses tar, mtree, disk and memory.

#include <umoci/base/time.hpp>
#include <umoci/tree/path.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::tree {

enum class EntryType {
  file,
  directory,
  symlink,
  hard_link,  ///< another name of the object at `link`; only in streams, never on a disk
  char_device,
  block_device,
  fifo,
  socket,  ///< only on a disk; no layer can hold it
};

/// "file", "directory", … for messages.
[[nodiscard]] std::string_view name_of(EntryType type);

struct DeviceNumber {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  friend auto operator<=>(const DeviceNumber&, const DeviceNumber&) = default;
};

/// Identity of an object on a disk.
struct InodeId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend auto operator<=>(const InodeId&, const InodeId&) = default;
};

/// Extended attributes: full name (with namespace) to value, any bytes.
using Xattrs = std::map<std::string, std::string>;

struct Entry {
  TreePath path;
  EntryType type = EntryType::file;
  std::uint32_t mode = 0;  ///< permission, set-id and sticky bits (07777), no type bits
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size_bytes = 0;  ///< content of a file; on a disk also st_size of other types
  Time mtime;
  std::optional<Time> atime;
  DeviceNumber device;  ///< of char and block devices, and of hard links to them on their way out
  std::string link;     ///< symlink: the target as it is; hard_link: the target's name, not cleaned
  Xattrs xattrs;
  /// How much of the content of a file are holes, which read as zeros and need no space; 0 for what
  /// comes from a disk.
  std::uint64_t hole_bytes = 0;

  std::uint64_t link_count = 1;  ///< st_nlink; 1 in streams
  InodeId inode;                 ///< all zero in streams
};

}  // namespace umoci::tree

template <>
struct std::hash<umoci::tree::InodeId> {
  std::size_t operator()(const umoci::tree::InodeId& id) const noexcept {
    // Inode numbers are dense: spreading them is the table's business.
    return std::hash<std::uint64_t>{}(id.inode ^ (id.device << 48U));
  }
};
