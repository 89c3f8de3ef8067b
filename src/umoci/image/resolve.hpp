// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an image means: the documents from an entry of the index down to a manifest and its
// configuration, and how they change together. Must not know of trees on disk. Read first:
// resolve(), Image, Edit.

#include <umoci/digest/digest.hpp>
#include <umoci/oci/descriptor.hpp>
#include <umoci/oci/platform.hpp>
#include <umoci/store/layout.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::image {

/// The way from an entry of the top-level index, or the document that a digest names, (first) to
/// the target (last). Never empty.
struct DescriptorPath {
  std::vector<oci::Descriptor> walk;

  [[nodiscard]] const oci::Descriptor& root() const { return walk.front(); }
  [[nodiscard]] const oci::Descriptor& target() const { return walk.back(); }
};

/// Which image of a layout is meant.
struct Reference {
  std::string ref_name;
  /// Of a manifest or an index, whatever names it has; then `ref_name` says nothing.
  std::optional<digest::Digest> digest = {};
  /// Absent: if there are several, that of this machine.
  std::optional<oci::Platform> platform = {};

  /// What the user called it, for messages: `tag "x"` or `digest "sha256:…"`.
  [[nodiscard]] std::string text() const;
};

/// All targets that the name or the digest leads to, in document order: manifests and whatever is
/// not an index are targets. Equal targets are reported once for each platform they are for. A
/// digest is looked for below the index, and then among the blobs. Throws: not_found for a digest
/// that is not there; not_found or corrupt for a missing or damaged index; limit_exceeded for
/// Limits::index_depth and graph_nodes.
[[nodiscard]] std::vector<DescriptorPath> find_targets(const store::Layout& layout,
                                                       const Reference& reference);

/// The one target. Throws: not_found ("tag not found: …", or that there is none for the platform),
/// invalid_argument ("tag is ambiguous: …").
[[nodiscard]] DescriptorPath resolve(const store::Layout& layout, const Reference& reference);

/// What a further name of an image means.
enum class TagTarget {
  root,      ///< what the reference itself names, with all that it leads to
  manifest,  ///< the one image that it leads to
};

/// What a further name should mean. A reference that asks for a platform has no root: then, and if
/// it names several roots, it is the one image. Throws: as resolve().
[[nodiscard]] oci::Descriptor resolve_for_tag(const store::Layout& layout,
                                              const Reference& reference, TagTarget target);

/// As with a Reference to that name.
[[nodiscard]] DescriptorPath resolve(const store::Layout& layout, std::string_view ref_name);

}  // namespace umoci::image
