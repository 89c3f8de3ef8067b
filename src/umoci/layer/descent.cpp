// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/descent.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <utility>

namespace umoci::layer {
namespace {

// Together well below the usual limit of 1024 descriptors a process, and more than enough for trees
// as people make them.
constexpr std::size_t max_window = 128;
constexpr std::size_t max_milestones = 64;

}  // namespace

tree::InodeId inode_of(const struct stat& status) {
  return {.device = status.st_dev, .inode = status.st_ino};
}

Descent::Descent(fs::Directory start) : milestone_distance_(max_window) {
  levels_.push_back({.name = {}, .inode = {}, .directory = std::move(start)});
}

const fs::Directory& Descent::here() {
  if (!levels_.back().directory) reopen();
  return *levels_.back().directory;
}

void Descent::enter(std::string name, fs::Directory directory) {
  const tree::InodeId inode = inode_of(directory.status());
  if (levels_.size() >= max_window) close(levels_.size() - max_window);
  levels_.push_back({.name = std::move(name), .inode = inode, .directory = std::move(directory)});
}

void Descent::close(std::size_t level) {
  if (level % milestone_distance_ != 0) {
    levels_[level].directory.reset();
  } else if (level / milestone_distance_ >= max_milestones) {
    milestone_distance_ *= 2;
    for (std::size_t i = 0; i <= level; ++i) {
      if (i % milestone_distance_ != 0) levels_[i].directory.reset();
    }
  }
}

void Descent::reopen() {
  const std::size_t last = levels_.size() - 1;
  // As many levels at once as may be open: on the way up they are all needed.
  const std::size_t first = last - std::min(last, max_window - 1);
  std::size_t i = first;
  while (!levels_[i].directory) --i;
  fs::Directory directory = *levels_[i].directory;
  for (++i; i <= last; ++i) {
    std::optional<fs::Directory> next = directory.open_directory(levels_[i].name);
    if (!next || inode_of(next->status()) != levels_[i].inode) {
      throw Error(ErrorKind::conflict,
                  "directory " + quoted(levels_[i].name) + " was replaced meanwhile");
    }
    directory = std::move(*next);
    if (i >= first) levels_[i].directory = directory;
  }
}

}  // namespace umoci::layer
