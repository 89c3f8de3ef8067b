// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/mount_point_warnings.hpp>

namespace umoci::layer {

const tree::Entry* MountPointWarnings::next() {
  const tree::Entry* const entry = tree_.next();
  // An overlay may well give its files the numbers of different devices, but not its directories.
  if (entry == nullptr || entry->type != tree::EntryType::directory) return entry;
  const std::uint64_t device = entry->inode.device;
  while (!parents_.empty() && !entry->path.is_within(parents_.back().path)) parents_.pop_back();
  if (!parents_.empty() && parents_.back().device != device) {
    log_.warn("another file system is mounted here and is packed too",
              {{"path", entry->path.display()}});
  }
  parents_.push_back({.path = entry->path, .device = device});
  return entry;
}

}  // namespace umoci::layer
