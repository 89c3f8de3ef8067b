// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace umoci::bundle {

/// The directory that layers are extracted into: made for that, or the user's own. What happened to
/// it is undone by the destructor unless it was kept.
class RootfsTarget {
 public:
  /// Makes the directory, closed to others until it is finished, if there is nothing of that name.
  /// Throws: not_found if the parent is missing; invalid_argument for what is no directory.
  RootfsTarget(const std::filesystem::path& path, fs::Access access);
  ~RootfsTarget();
  RootfsTarget(const RootfsTarget&) = delete;
  RootfsTarget& operator=(const RootfsTarget&) = delete;

  [[nodiscard]] const fs::Root& rootfs() const { return *rootfs_; }
  [[nodiscard]] bool is_new() const noexcept { return parent_.has_value(); }
  /// True if there is no way back: what is in it now and what was before cannot be told apart.
  [[nodiscard]] bool held_something() const noexcept { return held_something_; }
  void keep() noexcept { is_kept_ = true; }

 private:
  void make(const std::filesystem::path& path, fs::Access access);
  void undo() noexcept;

  std::optional<fs::Directory> parent_;  ///< of a directory that was made
  std::string name_;
  std::optional<fs::Root> rootfs_;
  fs::Metadata old_metadata_;  ///< of a directory that was there
  bool held_something_ = false;
  bool is_kept_ = false;
};

}  // namespace umoci::bundle
