// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/platform.hpp>
#include <umoci/store/layout.hpp>

#include <cstddef>
#include <string_view>

namespace umoci::image {

/// Takes the images for exactly `platform` out of what `ref_name` means: out of every index that
/// lists them, and with an index that holds nothing else the index. The name goes if nothing is
/// left. Without variant arm64 means v8, arm v7 and amd64 v1. Returns the number of images taken
/// out, each counted once: 0 leaves all as it is. Indexes that are missing stay as they are.
/// Throws: as find_targets(), BlobStore and Layout::update_index. Spec: image-spec image-index.md.
std::size_t remove_platform(store::Layout& layout, std::string_view ref_name,
                            const oci::Platform& platform);

}  // namespace umoci::image
