// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/root.hpp>
#include <umoci/image/image.hpp>
#include <umoci/layer/extractor.hpp>
#include <umoci/store/layout.hpp>

namespace umoci::bundle {

/// Applies all layers of the image to `rootfs`, from the lowest to the topmost, blob digests and
/// diff_ids verified. On an error the tree is left as far as it came. `jobs` is at least 1.
void extract_layers(const store::Layout& layout, const image::Image& image, const fs::Root& rootfs,
                    const layer::ExtractOptions& options, unsigned jobs);

}  // namespace umoci::bundle
