// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/write_session.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace umoci::store {
namespace {

/// A descriptor of the layout that can be locked; one that cannot where listing is forbidden.
UniqueFd open_for_lock(const LayoutDirectory& layout) {
  UniqueFd fd(::openat(layout.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) fd = UniqueFd(::openat(layout.fd(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  return fd;
}

}  // namespace

WriteSession::WriteSession(std::shared_ptr<const LayoutDirectory> layout)
    : layout_(std::move(layout)), lock_(open_for_lock(*layout_)) {
  convert_lock(LockMode::shared);
}

WorkDirectory& WriteSession::work_directory() {
  const std::lock_guard guard(mutex_);
  if (!work_directory_) work_directory_.emplace(*layout_);
  return *work_directory_;
}

std::string WriteSession::work_directory_name() const {
  const std::lock_guard guard(mutex_);
  return work_directory_ ? work_directory_->name() : std::string();
}

bool WriteSession::is_work_directory(std::uint64_t device, std::uint64_t inode) const {
  const std::lock_guard guard(mutex_);
  struct stat status{};
  return work_directory_ && ::fstat(work_directory_->fd(), &status) == 0 &&
         status.st_dev == device && status.st_ino == inode;
}

void WriteSession::add_stored(const digest::Digest& digest) {
  const std::lock_guard guard(mutex_);
  stored_.insert(digest);
}

std::set<digest::Digest> WriteSession::stored() const {
  const std::lock_guard guard(mutex_);
  return stored_;
}

void WriteSession::add_changed_directory(const std::string& name) {
  const std::lock_guard guard(mutex_);
  changed_directories_.insert(name);
}

void WriteSession::sync_changed_directories() {
  const std::lock_guard guard(mutex_);
  for (const std::string& name : changed_directories_) layout_->sync_directory(name);
  changed_directories_.clear();
}

void WriteSession::convert_lock(LockMode mode) {
  layout_->locker().lock(lock_.get(), mode, store_lock);
}

std::shared_ptr<WriteSession> WriteSessions::join() {
  const std::lock_guard guard(mutex_);
  if (!current_) current_ = std::make_shared<WriteSession>(layout_);
  return current_;
}

std::shared_ptr<WriteSession> WriteSessions::current() const {
  const std::lock_guard guard(mutex_);
  return current_;
}

void WriteSessions::leave(std::shared_ptr<WriteSession> session) {
  const std::lock_guard guard(mutex_);
  session.reset();
  if (current_.use_count() == 1) current_.reset();
}

}  // namespace umoci::store
