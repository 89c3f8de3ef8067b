// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an image means: the documents from an entry of the index down to a manifest and its
// configuration, and how they change together. Must not know of trees on disk. Read first:
// resolve(), Image, Edit.

#include <umoci/oci/descriptor.hpp>
#include <umoci/store/layout.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::image {

/// The way from an entry of the top-level index (first) to the target (last). Never empty.
struct DescriptorPath {
  std::vector<oci::Descriptor> walk;

  [[nodiscard]] const oci::Descriptor& root() const { return walk.front(); }
  [[nodiscard]] const oci::Descriptor& target() const { return walk.back(); }
};

/// All targets that `ref_name` leads to, in document order: manifests and whatever is not an index
/// are targets. Equal targets are reported once. Throws: not_found or corrupt for a missing or
/// damaged index; limit_exceeded for Limits::index_depth and graph_nodes.
[[nodiscard]] std::vector<DescriptorPath> find_targets(const store::Layout& layout,
                                                       std::string_view ref_name);

/// The one target. Throws: not_found ("tag not found: …"), invalid_argument ("tag is ambiguous:
/// …").
[[nodiscard]] DescriptorPath resolve(const store::Layout& layout, std::string_view ref_name);

}  // namespace umoci::image
