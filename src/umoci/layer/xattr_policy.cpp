// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/xattr_policy.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/file_capability.hpp>
#include <umoci/layer/rootless_owner.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

namespace umoci::layer {
namespace {

std::string words_of(int error) { return std::generic_category().message(error); }

}  // namespace

bool is_kept_on_disk(std::string_view name) {
  return name == "security.selinux" || name == "system.nfs4_acl";
}

XattrPolicy::XattrPolicy(const Ownership& ownership, MissingPrivilege missing_privilege, Log& log)
    : ownership_(ownership), missing_privilege_(missing_privilege), log_(log) {}

bool XattrPolicy::can_note_owner(tree::EntryType type) {
  // Kernel: only files and directories take attributes of users. Files stand in for devices here.
  return type != tree::EntryType::symlink && type != tree::EntryType::fifo;
}

tree::Xattrs XattrPolicy::wanted(const tree::Entry& entry) const {
  tree::Xattrs wanted;
  for (const auto& [name, value] : entry.xattrs) {
    if (is_kept_on_disk(name)) continue;
    if (name == rootless_owner_attribute) {
      log_.warn(ownership_.rootless ? "attribute with the owner is not taken from the layer"
                                    : "suspicious attribute for an unpack that is not rootless",
                {{"path", entry.path.display()}, {"xattr", name}});
      if (ownership_.rootless) continue;
    }
    wanted.emplace(name, name == capability_attribute
                             ? capability_for_disk(value, ownership_.uids.find_host(0).value_or(0))
                             : value);
  }
  if (ownership_.rootless && (entry.uid != 0 || entry.gid != 0) && can_note_owner(entry.type)) {
    wanted.emplace(rootless_owner_attribute,
                   encode_rootless_owner({.uid = entry.uid, .gid = entry.gid}));
  }
  return wanted;
}

fs::XattrChange XattrPolicy::change(const tree::TreePath& path, tree::Xattrs wanted, bool fresh) {
  const auto note = wanted.find(std::string(rootless_owner_attribute));
  std::optional<fs::Owner> owner;
  if (ownership_.rootless && note != wanted.end()) owner = decode_rootless_owner(note->second);
  const auto on_failure = [this, path, owner](std::string_view name, int error) {
    report_failure(path, name, error);
    if (name == rootless_owner_attribute) lost_owner_ = owner;
  };
  return {.wanted = std::move(wanted),
          .keep = is_kept_on_disk,
          .on_failure = on_failure,
          .fresh = fresh};
}

void XattrPolicy::report_failure(const tree::TreePath& path, std::string_view name, int error) {
  if (error == EOPNOTSUPP) {
    const std::string_view space = name.substr(0, name.find('.'));
    if (unsupported_namespaces_.emplace(space).second) {
      log_.warn("file system does not take attributes of this namespace",
                {{"path", path.display()}, {"xattr", std::string(name)}});
    }
    return;
  }
  if ((error == EPERM || error == EACCES) && missing_privilege_ == MissingPrivilege::tolerated) {
    log_.warn(
        "attribute left out",
        {{"path", path.display()}, {"xattr", std::string(name)}, {"reason", words_of(error)}});
    return;
  }
  throw Error::from_errno(error, "attribute " + quoted(name) + " of " + quoted(path.display()));
}

bool XattrPolicy::has_host_xattrs(const tree::Entry& entry) {
  for (const auto& [name, value] : entry.xattrs) {
    if (is_kept_on_disk(name)) return true;
  }
  return false;
}

void XattrPolicy::report_host_xattrs(const tree::Entry& entry, const tree::Xattrs& on_disk) const {
  std::string names;
  for (const auto& [name, value] : entry.xattrs) {
    if (!is_kept_on_disk(name)) continue;
    const auto found = on_disk.find(name);
    if (found != on_disk.end() && found->second == value) continue;
    names += (names.empty() ? "" : ", ") + name;
  }
  if (names.empty()) return;
  log_.warn("attributes that belong to the host are left out",
            {{"path", entry.path.display()}, {"xattr", names}});
}

}  // namespace umoci::layer
