// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/directory_lock.hpp>

#include <umoci/base/error.hpp>

namespace umoci::store {

DirectoryLock::DirectoryLock(const LayoutDirectory& layout, const WriteSessions& sessions,
                             LockMode mode)
    : session_(sessions.current()), mode_(mode), log_(layout.log()) {
  if (session_) {
    if (mode_ == LockMode::exclusive) session_->convert_lock(mode_);
    return;
  }
  fd_ = layout.open_directory(".");
  layout.locker().lock(fd_.get(), mode_, store_lock);
}

DirectoryLock::~DirectoryLock() {
  if (!session_ || mode_ == LockMode::shared) return;
  try {
    session_->convert_lock(LockMode::shared);
  } catch (const Error& error) {
    // What follows is as on a file system without locks.
    log_.warn("store lock is lost", {{"reason", error.what()}});
  }
}

}  // namespace umoci::store
