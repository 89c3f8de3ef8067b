// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/descent.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>

namespace umoci::layer {
namespace {

/// Well below the usual limit of 1024 descriptors a process, and deeper than trees usually are.
constexpr std::size_t max_open = 128;

}  // namespace

tree::InodeId inode_of(const struct stat& status) {
  return {.device = status.st_dev, .inode = status.st_ino};
}

Descent::Descent(const fs::Root& root, const tree::TreePath& path, fs::Directory start)
    : root_(root) {
  const tree::InodeId inode = inode_of(start.status());
  levels_.push_back({.name = path.text(), .inode = inode, .directory = std::move(start)});
}

const fs::Directory& Descent::here() {
  if (!levels_.back().directory) reopen();
  return *levels_.back().directory;
}

void Descent::enter(std::string name, fs::Directory directory) {
  const tree::InodeId inode = inode_of(directory.status());
  if (levels_.size() >= max_open) levels_[levels_.size() - max_open].directory.reset();
  levels_.push_back({.name = std::move(name), .inode = inode, .directory = std::move(directory)});
}

void Descent::leave() { levels_.pop_back(); }

tree::TreePath Descent::path_of(std::size_t level) const {
  std::string text;
  for (std::size_t i = 0; i <= level; ++i) text += levels_[i].name + "/";
  return tree::TreePath::clean(text);
}

void Descent::restore(Level& level, std::optional<fs::Directory> directory) const {
  if (!directory || inode_of(directory->status()) != level.inode) {
    throw Error(ErrorKind::conflict, "directory " + quoted(level.name) + " was replaced meanwhile");
  }
  level.directory = std::move(directory);
}

void Descent::reopen() {
  // As many levels at once as may be open: on the way up they are all needed.
  const std::size_t last = levels_.size() - 1;
  const std::size_t first = last - std::min(last, max_open - 1);
  restore(levels_[first], root_.open_directory(path_of(first)));
  for (std::size_t i = first; i < last; ++i) {
    restore(levels_[i + 1], levels_[i].directory->open_directory(levels_[i + 1].name));
  }
}

}  // namespace umoci::layer
