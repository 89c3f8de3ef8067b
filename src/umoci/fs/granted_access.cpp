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
