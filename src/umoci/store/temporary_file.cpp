// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/temporary_file.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/fs/directory.hpp>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace umoci::store {

TemporaryFile::TemporaryFile(const LayoutDirectory& layout, int parent, std::string_view prefix,
                             mode_t mode)
    : parent_(::fcntl(parent, F_DUPFD_CLOEXEC, 0)) {
  if (!parent_) throw_errno("duplicate a descriptor");
  do {
    name_ = fs::random_name(prefix);
    fd_ = UniqueFd(
        ::openat(parent, name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  } while (!fd_ && errno == EEXIST);
  if (!fd_) {
    const int number = errno;
    name_.clear();
    layout.throw_write_error(number, std::string(prefix) + "*");
  }
  // Tells the collector in a blob directory that somebody is alive; where that fails nobody asks.
  static_cast<void>(try_lock(fd_.get()));
}

TemporaryFile::~TemporaryFile() {
  if (!name_.empty()) ::unlinkat(parent_.get(), name_.c_str(), 0);
}

void TemporaryFile::sync(const LayoutDirectory& layout) const {
  if (layout.is_synced() && ::fsync(fd_.get()) != 0) layout.throw_write_error(errno, name_);
}

int TemporaryFile::move_to(int target, const std::string& name) {
  if (::renameat(parent_.get(), name_.c_str(), target, name.c_str()) != 0) return errno;
  name_.clear();
  return 0;
}

bool TemporaryFile::publish_new(int target, const std::string& name) {
  const auto directory = [](int fd) {
    UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!copy) throw_errno("duplicate a descriptor");
    return fs::Directory(std::move(copy), fs::Access::as_granted);
  };
  try {
    directory(parent_.get()).rename(name_, directory(target), name, fs::Occupied::is_an_error);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::already_exists) return false;
    throw;
  }
  name_.clear();
  return true;
}

}  // namespace umoci::store
