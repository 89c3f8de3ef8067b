// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/layer/id_map.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::layer {

/// Entries that come into being in a directory which has it get access control lists from it.
inline constexpr std::string_view default_acl_attribute = "system.posix_acl_default";

/// True for what belongs to the host rather than to the image: never written, never removed, never
/// packed. Spec: layers.md 1.11.
[[nodiscard]] bool is_kept_on_disk(std::string_view name);

enum class MissingPrivilege {
  fails,
  tolerated,  ///< attributes that the kernel does not let us set are left out with a warning
};

/// Which attributes of an entry reach the disk, and what is said of those that do not. Outlives
/// the changes it gives out.
class XattrPolicy {
 public:
  XattrPolicy(const Ownership& ownership, MissingPrivilege missing_privilege, Log& log);

  /// The attributes that the object made from `entry` shall have.
  [[nodiscard]] tree::Xattrs wanted(const tree::Entry& entry) const;
  /// `fresh`: the object has no attributes yet.
  [[nodiscard]] fs::XattrChange change(const tree::TreePath& path, tree::Xattrs wanted, bool fresh);

  /// True if an attribute can keep the owner of such an entry.
  [[nodiscard]] static bool can_note_owner(tree::EntryType type);
  /// The owner that an attribute was to keep, but that could not be set since the last call.
  [[nodiscard]] std::optional<fs::Owner> take_lost_owner() {
    return std::exchange(lost_owner_, std::nullopt);
  }

  /// True if `entry` has attributes that belong to the host.
  [[nodiscard]] static bool has_host_xattrs(const tree::Entry& entry);
  /// Warns of those that the object on disk does not have anyway.
  void report_host_xattrs(const tree::Entry& entry, const tree::Xattrs& on_disk) const;

 private:
  /// Throws unless the failure is one that may be lived with.
  void report_failure(const tree::TreePath& path, std::string_view name, int error);

  const Ownership& ownership_;
  MissingPrivilege missing_privilege_;
  Log& log_;
  std::optional<fs::Owner> lost_owner_;
  std::set<std::string, std::less<>> unsupported_namespaces_;  ///< that were warned of
};

}  // namespace umoci::layer
