// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/time.hpp>
#include <umoci/tree/entry.hpp>

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::fs {

struct Owner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  friend bool operator==(Owner, Owner) = default;
};

/// What a failed change of one extended attribute means. `error` is the errno value. Returning
/// continues; throwing ends the call.
using XattrFailure = std::function<void(std::string_view name, int error)>;

/// How the attributes that an object already has become those it should have.
struct XattrChange {
  tree::Xattrs wanted;
  /// Attributes that stay as they are although not wanted; none if unset.
  std::function<bool(std::string_view name)> keep;
  /// Unset: any failure is thrown.
  XattrFailure on_failure;
  /// True if the object was just created and nothing can have given it attributes: no listing.
  bool fresh = false;
};

/// Metadata to be applied; what is absent stays as it is. The order is the kernel's demand:
/// changing the owner clears set-id bits and capabilities, and a read-only file takes no user
/// attributes.
struct Metadata {
  std::optional<Owner> owner;
  std::optional<std::uint32_t> mode;  ///< 07777; ignored for links
  std::optional<XattrChange> xattrs;
  std::optional<Time> mtime;
  std::optional<Time> atime;  ///< absent: as mtime
};

/// Applies to an open file or directory.
void apply(int fd, const Metadata& metadata);

/// Attributes of an open file or directory; empty where the file system has none.
[[nodiscard]] tree::Xattrs read_xattrs(int fd);

/// Type, mode, ids, size, times, device, link count and inode of an object; no link, no xattrs.
[[nodiscard]] tree::Entry entry_of(const struct stat& status);

}  // namespace umoci::fs
