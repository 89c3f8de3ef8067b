// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/rootfs_target.hpp>

#include <umoci/base/error.hpp>

#include <sys/stat.h>

#include <fcntl.h>

#include <cerrno>

namespace umoci::bundle {
namespace {

constexpr mode_t private_mode = 0700;

fs::Metadata metadata_of(const struct stat& status) {
  const tree::Entry entry = fs::entry_of(status);
  fs::Metadata metadata;
  metadata.owner = {.uid = entry.uid, .gid = entry.gid};
  metadata.mode = entry.mode;
  metadata.mtime = entry.mtime;
  metadata.atime = entry.atime;
  return metadata;
}

}  // namespace

RootfsTarget::RootfsTarget(const std::filesystem::path& path, fs::Access access) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) throw_errno("look at " + quoted(path.native()));
    make(path, access);
    return;
  }
  rootfs_ = fs::Root::open(path, {.access = access});
  old_metadata_ = metadata_of(rootfs_->directory().status());
  held_something_ = !rootfs_->directory().list().empty();
}

void RootfsTarget::make(const std::filesystem::path& path, fs::Access access) {
  const auto full = path.has_filename() ? path : path.parent_path();
  const auto parent = full.has_parent_path() ? full.parent_path() : ".";
  // What we make is ours to remove, whatever modes the image gives it.
  parent_ = fs::Root::open(parent, {.access = fs::Access::grant_to_owner}).directory();
  name_ = full.filename();
  in_context([&] { return "create " + quoted(path.native()); },
             [&] { parent_->create_directory(name_, private_mode); });
  try {
    // The umask may have taken the owner's bits.
    if (::fchmodat(parent_->fd(), name_.c_str(), private_mode, 0) != 0) {
      throw_errno("change the mode of " + quoted(path.native()));
    }
    UniqueFd fd(
        ::openat(parent_->fd(), name_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) throw_errno("open " + quoted(path.native()));
    rootfs_ = fs::Root::at(fs::Directory(std::move(fd), access));
  } catch (...) {
    undo();
    throw;
  }
}

RootfsTarget::~RootfsTarget() {
  if (!is_kept_ && !held_something_) undo();
}

void RootfsTarget::undo() noexcept {
  try {
    if (parent_) {
      rootfs_.reset();
      parent_->remove(name_);
      return;
    }
    UniqueFd fd(::openat(rootfs_->directory().fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const fs::Directory directory(std::move(fd), fs::Access::grant_to_owner);
    for (const auto& name : directory.list()) directory.remove(name);
    directory.apply(old_metadata_);
  } catch (const Error&) {  // The error that led here is the one to report.
  }
}

}  // namespace umoci::bundle
