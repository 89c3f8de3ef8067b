// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/check/bundle_report.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/oci/descriptor.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace umoci::check {

/// What umoci.json says of where a bundle came from.
struct BundleOrigin {
  /// Empty unless all of it can be relied on.
  std::vector<oci::Descriptor> walk;
  std::optional<digest::Digest> mtree_digest;
};

/// Checks the text of umoci.json (B25). Spec: docs/formats/bundle.md.
[[nodiscard]] BundleOrigin check_bundle_meta(std::string_view text, const Limits& limits,
                                             Report& report);

}  // namespace umoci::check
