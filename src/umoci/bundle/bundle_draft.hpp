// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/fs/root.hpp>

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace umoci::bundle {

/// The files of a bundle beside its rootfs, as text.
struct BundleTexts {
  std::string runtime_config;
  std::string mtree;
  std::string meta;
};

/// A bundle in the making. Its rootfs grows under another name and everything gets its final name
/// in publish(); what is not published is removed by the destructor, and nothing that was there
/// before is touched.
class BundleDraft {
 public:
  /// Makes the directory, missing parents included, closes it to others (it will hold set-id files)
  /// and makes an empty rootfs in it. Throws: already_exists if the directory holds parts of a
  /// bundle.
  BundleDraft(BundlePaths paths, std::filesystem::path mtree, fs::Access access);
  ~BundleDraft();
  BundleDraft(const BundleDraft&) = delete;
  BundleDraft& operator=(const BundleDraft&) = delete;

  /// Where the rootfs is until publish().
  [[nodiscard]] std::filesystem::path rootfs() const { return paths_.directory / rootfs_name_; }

  void publish(const BundleTexts& texts);

 private:
  void open_directory();
  void require_vacant() const;
  void discard() noexcept;

  BundlePaths paths_;
  std::filesystem::path mtree_;
  fs::Access access_;
  std::string rootfs_name_;
  /// The topmost directory that did not exist before; empty if all did.
  std::filesystem::path first_created_;
  /// Mode of a directory that existed before.
  std::optional<mode_t> old_mode_;
  std::vector<std::filesystem::path> published_;
  bool complete_ = false;
};

}  // namespace umoci::bundle
