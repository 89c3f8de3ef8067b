// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/bundle/bundle_meta.hpp>
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/mtree/manifest.hpp>

#include <filesystem>

namespace umoci::bundle {

/// A bundle that exists. Its parts are opened relative to its directory and must be what they are
/// called: a link in place of one could lead to what the owner of the bundle may not read.
class OpenedBundle {
 public:
  /// Reads umoci.json. Throws: invalid_data, not_found, permission, io, saying that it is no
  /// bundle.
  explicit OpenedBundle(const std::filesystem::path& directory);

  [[nodiscard]] const BundlePaths& paths() const noexcept { return paths_; }
  [[nodiscard]] const BundleMeta& meta() const noexcept { return meta_; }

  /// Throws: invalid_data if it is no directory, or a link to one.
  [[nodiscard]] fs::Root open_rootfs() const;
  /// The description of the rootfs as it was unpacked. Throws: corrupt if it is not the text that
  /// umoci.json says; whatever parsing it throws.
  [[nodiscard]] mtree::Manifest read_manifest(const Limits& limits) const;

  /// Makes this a bundle of another image, whose rootfs `manifest` describes. Each file is replaced
  /// as a whole, umoci.json last: it names the mtree file that counts, and its digest. If the image
  /// is the same one, its mtree file stays as it is.
  void refresh(const mtree::Manifest& manifest, const image::DescriptorPath& image);

 private:
  [[nodiscard]] std::string mtree_name() const;
  void check_mtree(const std::string& text) const;
  [[nodiscard]] std::string read(const std::string& name, const Limits& limits,
                                 std::uint64_t Limits::* limit) const;
  void replace(const std::string& name, mode_t mode, const std::string& text) const;

  BundlePaths paths_;
  fs::Directory directory_;
  BundleMeta meta_;
};

}  // namespace umoci::bundle
