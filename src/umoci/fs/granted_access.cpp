// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/granted_access.hpp>

#include <unistd.h>

#include <cerrno>

namespace umoci::fs {
namespace {

tree::InodeId identity(const struct stat& status) { return {status.st_dev, status.st_ino}; }

mode_t permissions(const struct stat& status) { return status.st_mode & 07777U; }

mode_t owner_permissions(const struct stat& status) {
  return S_ISDIR(status.st_mode) ? 0700 : 0600;
}

/// `list` is in the form of the system attribute: a version, then for each line a tag, permissions
/// and an id, all little-endian.
void set_owner_permissions(std::string& list, mode_t permissions) {
  constexpr std::size_t version_bytes = 4;
  constexpr std::size_t line_bytes = 8;
  constexpr char tag_of_owner = 1;
  for (std::size_t at = version_bytes; at + line_bytes <= list.size(); at += line_bytes) {
    if (list[at] == tag_of_owner && list[at + 1] == 0)
      list[at + 2] = static_cast<char>(permissions);
  }
}

}  // namespace

bool GrantLedger::grant(int fd) {
  const int reason = errno;
  const std::lock_guard lock(mutex_);
  const Object object = Object::pinned(fd);
  struct stat now{};
  bool granted = object.status(now) == 0 && !S_ISLNK(now.st_mode);
  if (granted) {
    const auto known = grants_.find(identity(now));
    const mode_t wanted = permissions(now) | owner_permissions(now);
    if (known != grants_.end()) {
      // Somebody else may have been granted this between the caller's step and now.
      ++known->second.users;
    } else if (wanted != permissions(now) && now.st_uid == ::geteuid()) {
      grants_.emplace(identity(now), Grant{.mode = permissions(now), .users = 1});
      granted = object.change_mode(wanted) == 0;
      if (!granted) grants_.erase(identity(now));
    } else {
      granted = false;
    }
  }
  errno = reason;
  return granted;
}

void GrantLedger::release(int fd) noexcept {
  const int reason = errno;
  const std::lock_guard lock(mutex_);
  const Object object = Object::pinned(fd);
  struct stat now{};
  if (object.status(now) == 0) {
    const auto known = grants_.find(identity(now));
    if (known != grants_.end() && --known->second.users == 0) {
      const mode_t restored = known->second.mode;
      grants_.erase(known);
      // Any other mode was set by somebody who knows better.
      if (permissions(now) == (restored | owner_permissions(now))) {
        static_cast<void>(object.change_mode(restored));
      }
    }
  }
  errno = reason;
}

int GrantLedger::status(const Object& object, struct stat& out) {
  const std::lock_guard lock(mutex_);
  const int result = object.status(out);
  if (result != 0 || grants_.empty()) return result;
  const auto known = grants_.find(identity(out));
  if (known != grants_.end()) out.st_mode = (out.st_mode & S_IFMT) | known->second.mode;
  return result;
}

void GrantLedger::hide_in(const Object& object, tree::Xattrs& xattrs) {
  const auto found = xattrs.find("system.posix_acl_access");
  if (found == xattrs.end()) return;
  const std::lock_guard lock(mutex_);
  struct stat now{};
  if (grants_.empty() || object.status(now) != 0) return;
  const auto known = grants_.find(identity(now));
  if (known == grants_.end()) return;
  // Granted or not when it was read: what counts is what it is while nobody grants or releases.
  std::string& list = found->second;
  if (object.get_xattr(found->first, list) != static_cast<ssize_t>(list.size())) return;
  set_owner_permissions(list, known->second.mode >> 6U & 7U);
}

int GrantLedger::change_mode(const Object& object, const struct stat& status, mode_t mode) {
  const std::lock_guard lock(mutex_);
  const auto known = grants_.find(identity(status));
  if (known == grants_.end()) return object.change_mode(mode);
  const int result = object.change_mode(mode | owner_permissions(status));
  if (result == 0) known->second.mode = mode;
  return result;
}

bool TemporaryGrant::help() {
  if (errno != EACCES || ledger_ == nullptr) return false;
  const std::lock_guard lock(mutex_);
  // Another thread may have got it between the caller's step and now.
  if (!granted_) granted_ = ledger_->grant(fd_);
  return granted_;
}

}  // namespace umoci::fs
