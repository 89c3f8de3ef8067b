// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/commit_options.hpp>
#include <umoci/image/image.hpp>
#include <umoci/image/present_path.hpp>
#include <umoci/oci/index.hpp>

#include <string_view>

namespace umoci::image {

/// An edit started from `start`, but `ref_name` does not mean that any more.
struct MovedImage {
  std::string_view ref_name;
  const StoredManifest& start;
  const PresentPath& present;
  const oci::Index& index;  ///< the top-level one as it is now
};

/// Tells what the result `next` takes the place of, unless somebody else made the same.
void warn_of(const MovedImage& moved, const DescriptorPath& next, Log& log);

/// Throws: conflict.
[[noreturn]] void fail_for(const MovedImage& moved);

/// The image to which changes of `start` can be made instead: its layers begin with those of
/// `start`. Throws: conflict if there is none; as Image::open.
[[nodiscard]] Image open_successor(const store::Layout& layout, const MovedImage& moved,
                                   LayersAbove above);

}  // namespace umoci::image
