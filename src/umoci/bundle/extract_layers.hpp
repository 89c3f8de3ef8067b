// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/bundle/read_layers.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/image/image.hpp>
#include <umoci/layer/extractor.hpp>
#include <umoci/store/layout.hpp>

namespace umoci::bundle {

/// The root of a rootfs as it is when no layer says otherwise: reproducible, whatever the umask and
/// the time of day. Throws: invalid_argument if the maps have no owner for it.
[[nodiscard]] fs::Metadata default_root_metadata(const layer::Ownership& ownership);

/// Whether some layer says what the root is like.
enum class RootEntry { absent, present };

/// Applies all layers of the image to `rootfs`, from the lowest to the topmost, blob digests and
/// diff_ids verified. On an error the tree is left as far as it came.
RootEntry extract_layers(const store::Layout& layout, const image::Image& image,
                         const fs::Root& rootfs, const layer::ExtractOptions& options,
                         const ReadLayersOptions& reading);

}  // namespace umoci::bundle
