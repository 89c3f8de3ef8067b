// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/resolve.hpp>
#include <umoci/oci/platform.hpp>
#include <umoci/store/layout.hpp>

#include <optional>
#include <vector>

namespace umoci::image {

/// How far `offered` is from `wanted`: 0 if it is the same; more for a processor that runs it all
/// the same (an older ARM variant, any variant if none is wanted); nullopt if it cannot be used.
/// Without variant arm64 means v8, arm v7 and amd64 v1. Spec: image-spec image-index.md, platform.
[[nodiscard]] std::optional<unsigned> platform_distance(const oci::Platform& wanted,
                                                        const oci::Platform& offered);

/// Those of the targets that are nearest to `wanted`; none if no one can be used. What a target is
/// for its descriptor says, or else its configuration; one that is not in the layout is for
/// nothing. Throws: as BlobStore::read_document, invalid_data.
[[nodiscard]] std::vector<DescriptorPath> choose_platform(
    const store::Layout& layout, const std::vector<DescriptorPath>& targets,
    const oci::Platform& wanted);

}  // namespace umoci::image
