// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/directory_stack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/directory_handle.hpp>

#include <fcntl.h>

#include <utility>

namespace umoci::fs {
namespace {

constexpr std::size_t max_open = 64;

tree::InodeId identity(const Directory& directory) {
  const struct stat status = directory.status();
  return {.device = status.st_dev, .inode = status.st_ino};
}

}  // namespace

void DirectoryStack::push(Directory directory) {
  const tree::InodeId inode = identity(directory);
  levels_.push_back({.directory = std::move(directory), .inode = inode});
  if (levels_.size() > max_open) levels_[levels_.size() - 1 - max_open].directory.reset();
}

void DirectoryStack::pop() {
  const Level child = std::move(levels_.back());
  levels_.pop_back();
  if (levels_.empty() || levels_.back().directory) return;
  levels_.back().directory = open_parent(*child.directory, levels_.back().inode);
}

Directory DirectoryStack::open_parent(const Directory& child, tree::InodeId expected) {
  constexpr int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd opened(
      with_help([&] { return ::openat(child.fd(), "..", flags); }, child.handle_->grant()));
  if (!opened) throw_errno("open parent directory");
  Directory parent = child.adopt(std::move(opened));
  // Whoever moves the child elsewhere, even out of the tree, must not take us along.
  if (identity(parent) != expected) {
    throw Error(ErrorKind::conflict, "a directory was moved while it was walked through");
  }
  return parent;
}

}  // namespace umoci::fs
