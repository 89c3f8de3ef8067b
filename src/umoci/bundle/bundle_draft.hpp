// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::bundle {

/// The files of a bundle beside its rootfs, as text.
struct BundleTexts {
  std::optional<std::string> runtime_config;  ///< nullopt: there shall be none
  std::string mtree;
  std::string meta;
};

/// A bundle in the making. Everything grows in a directory of its own and gets its final name in
/// publish(); what is not published is removed by the destructor, and nothing that was there
/// before is touched, but for drafts whose process was killed. All work is done relative to the
/// directory as it was opened: who can rename its parents cannot lead the bundle elsewhere.
class BundleDraft {
 public:
  /// Makes the directory, missing parents included, closes it to others (it will hold set-id files)
  /// and makes an empty rootfs in it. As root, a directory of somebody else belongs to root until
  /// the draft is published or given up. Throws: already_exists if the directory holds parts of a
  /// bundle.
  BundleDraft(BundlePaths paths, const digest::Digest& manifest, fs::Access access);
  ~BundleDraft();
  BundleDraft(const BundleDraft&) = delete;
  BundleDraft& operator=(const BundleDraft&) = delete;

  [[nodiscard]] const fs::Root& rootfs() const { return *rootfs_; }

  /// With `synced` everything else has reached the disk before the file that makes it a bundle gets
  /// its name, and that name when this returns. Throws: io, no_space, already_exists.
  void publish(const BundleTexts& texts, fs::Durability durability = fs::Durability::unsynced);

 private:
  void open_directory();
  void require_vacant() const;
  void claim();
  /// Empty if another process has the lock.
  [[nodiscard]] UniqueFd lock(const std::string& name) const;
  void remove_dead_drafts() const;
  void make_draft();
  [[nodiscard]] fs::Directory make_directory(const fs::Directory& parent,
                                             const std::string& name) const;
  void publish_file(const std::string& name, mode_t mode, const std::string& text,
                    fs::Occupied occupied);
  void sync() const;
  void discard() noexcept;

  BundlePaths paths_;
  std::string mtree_name_;
  fs::Access access_;
  std::string draft_name_;
  std::optional<fs::Directory> bundle_;
  UniqueFd lock_;
  std::optional<fs::Directory> draft_;
  std::optional<fs::Root> rootfs_;
  /// The topmost directory that did not exist before; empty if all did.
  std::filesystem::path first_created_;
  /// Owner and mode of a directory that existed before, once they were changed.
  std::optional<fs::Owner> old_owner_;
  std::optional<std::uint32_t> old_mode_;
  std::vector<std::string> published_;
  bool complete_ = false;
};

}  // namespace umoci::bundle
