// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/resolve.hpp>
#include <umoci/oci/platform.hpp>
#include <umoci/store/layout.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace umoci::image {

/// The variant of the processor; without one arm64 means v8, arm v7 and amd64 v1.
[[nodiscard]] std::string_view usual_variant(const oci::Platform& platform);

/// How far `offered` is from `wanted`: 0 if it is the same; more for a processor that runs it all
/// the same (an older ARM variant, any variant if none is wanted); nullopt if it cannot be used.
/// Spec: image-spec image-index.md, platform.
[[nodiscard]] std::optional<unsigned> platform_distance(const oci::Platform& wanted,
                                                        const oci::Platform& offered);

/// Where a target says what it is for.
enum class PlatformSource {
  descriptor,            ///< nothing is read
  descriptor_or_config,  ///< the configuration of those whose descriptor says nothing
};

/// Which of the targets are nearest to `wanted`, as ascending indexes; none if no one can be used.
/// One that is not in the layout is for nothing. Throws, if configurations are read: as
/// BlobStore::read_document, invalid_data.
[[nodiscard]] std::vector<std::size_t> nearest_targets(const store::Layout& layout,
                                                       const std::vector<DescriptorPath>& targets,
                                                       const oci::Platform& wanted,
                                                       PlatformSource source);

}  // namespace umoci::image
