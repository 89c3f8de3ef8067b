// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/resolve.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/layout.hpp>

#include <optional>
#include <string_view>

namespace umoci::image {

/// What became of an image that a name led to.
enum class Standing {
  same,            ///< the name leads to it, or is not the one it came from
  image_replaced,  ///< another image for its platform is in its place in the index
  image_removed,   ///< the name means an index that has no image for its platform any more
  tag_replaced,    ///< the name means something else altogether
  tag_removed,     ///< the name does not exist any more
};

struct PresentPath {
  Standing standing = Standing::same;
  /// The way by which an edit of the image is committed: others may have changed the images beside
  /// it since. The old one if the name is not the one it came from, or leads to nothing like it.
  DescriptorPath path;
  /// If it is another image: the only one that can be taken for its successor.
  std::optional<DescriptorPath> successor = {};
};

/// How the image that `path` leads to stands below `ref_name` now. `index` is the top-level one as
/// it is now. Throws: as find_targets(), but for what is missing or damaged.
[[nodiscard]] PresentPath find_present_path(const store::Layout& layout, const oci::Index& index,
                                            const DescriptorPath& path, std::string_view ref_name);

}  // namespace umoci::image
