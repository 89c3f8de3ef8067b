// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/replacement.hpp>
#include <umoci/image/resolve.hpp>
#include <umoci/store/layout.hpp>

namespace umoci::image {

/// A target that was replaced, and how the descriptors that name it have to change.
struct TargetChange {
  Replacement replacement;
  PlatformChange platform;
};

/// Rewrites every index from the root of `path` down that lists the old target, or lists one that
/// does, and returns the way to the new target. Indexes beside the way that are missing stay as
/// they are. Throws: invalid_data if `path` does not lead to its target; as BlobStore.
[[nodiscard]] DescriptorPath rewrite_path(store::Layout& layout, const DescriptorPath& path,
                                          const TargetChange& change);

}  // namespace umoci::image
