// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/resolve.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/layout.hpp>

#include <string_view>

namespace umoci::image {

/// The way to the image that `path` leads to, as `ref_name` has it now: others may have changed the
/// images beside it since. If they changed this one, the way to the only image for its platform,
/// with a warning. `path` itself if the name is not the one it came from, is no index, or leads to
/// no such image any more. `index` is the top-level one as it is now. Throws: as find_targets(),
/// but for what is missing or damaged.
[[nodiscard]] DescriptorPath present_path(const store::Layout& layout, const oci::Index& index,
                                          const DescriptorPath& path, std::string_view ref_name);

}  // namespace umoci::image
