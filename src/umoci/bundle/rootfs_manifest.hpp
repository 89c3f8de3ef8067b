// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/layer/masks.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/tree/path.hpp>

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace umoci::bundle {

/// Describes all of `rootfs` with the keywords bundles record. Throws also: cancelled, once `stop`
/// is requested.
[[nodiscard]] mtree::Manifest describe_rootfs(const fs::Root& rootfs, const mtree::Facts& known,
                                              std::stop_token stop = {},
                                              Progress* progress = nullptr);

/// The text of a bundle's mtree file; `rootfs` is the path that its comment shows.
[[nodiscard]] std::string format_rootfs_manifest(const mtree::Manifest& manifest,
                                                 const std::filesystem::path& rootfs);

/// What a repack found and did.
struct RepackedTree {
  const mtree::Manifest& old;  ///< what the tree was
  const fs::Root& rootfs;
  const std::vector<mtree::Delta>& deltas;  ///< all differences between the two
  const layer::Masks& masks;
  /// Masked names of objects that were packed under other names.
  const std::vector<tree::TreePath>& left_behind;
  Progress* progress = nullptr;  ///< nullptr: nobody wants to know
};

/// What the rootfs looks like now, but for masked paths, which are described as they were: a change
/// there was not packed and must not be forgotten. Names that were left behind are a change until
/// they are packed. Sockets are left out, as they are of images.
[[nodiscard]] mtree::Manifest refresh_manifest(const RepackedTree& tree);

}  // namespace umoci::bundle
