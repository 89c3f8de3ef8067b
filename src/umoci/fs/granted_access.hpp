// SPDX-License-Identifier: Apache-2.0
#pragma once

// Access::grant_to_owner, the whole of it: permissions that the unprivileged owner of a tree lacks
// are granted for a while, and nobody who asks for modes meanwhile sees the difference.

#include <umoci/base/unique_fd.hpp>
#include <umoci/fs/object.hpp>
#include <umoci/tree/entry.hpp>

#include <sys/stat.h>

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace umoci::fs {

/// The objects of one tree that have more permissions at present than they should. Thread-safe.
class GrantLedger {
 public:
  /// Gives the owner all permissions on the object behind `fd` (any descriptor), at least until
  /// release(). False if that changes nothing or is not ours to do. Keeps errno.
  [[nodiscard]] bool grant(int fd);
  void release(int fd) noexcept;

  /// lstat with the mode that the object has apart from grants.
  [[nodiscard]] int status(const Object& object, struct stat& out);
  /// Makes the access control list in `xattrs`, if there is one, say what it says apart from
  /// grants.
  void hide_in(const Object& object, tree::Xattrs& xattrs);
  /// chmod which lasts: release() restores this mode instead of the former one. `status` is that of
  /// the object.
  [[nodiscard]] int change_mode(const Object& object, const struct stat& status, mode_t mode);

 private:
  struct Grant {
    mode_t mode = 0;  ///< to be restored
    std::size_t users = 0;
  };

  std::mutex mutex_;
  std::map<tree::InodeId, Grant> grants_;
};

/// Permissions for an object while somebody works on it, released at the end. Thread-safe.
class TemporaryGrant {
 public:
  /// Nothing is ever granted if `ledger` is null. `fd` must stay open.
  TemporaryGrant(GrantLedger* ledger, int fd) : ledger_(ledger), fd_(fd) {}
  TemporaryGrant(const TemporaryGrant&) = delete;
  TemporaryGrant& operator=(const TemporaryGrant&) = delete;
  ~TemporaryGrant() {
    if (granted_) ledger_->release(fd_);
  }

  /// To be called after a step failed; true if repeating it makes sense. Keeps errno.
  [[nodiscard]] bool help();

 private:
  std::mutex mutex_;
  GrantLedger* ledger_;
  int fd_;
  bool granted_ = false;
};

/// Runs `step`, which returns a negative number and sets errno as system calls do, and once more
/// for each of `grants` that could help, in their order.
template <class Step, class... Grants>
auto with_help(Step&& step, Grants&... grants) {
  auto result = step();
  const auto repeat = [&](auto& grant) {
    if (result < 0 && grant.help()) result = step();
  };
  (repeat(grants), ...);
  return result;
}

}  // namespace umoci::fs
