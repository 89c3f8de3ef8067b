// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/descriptor_check.hpp>
#include <umoci/check/document_report.hpp>
#include <umoci/oci/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::check {

struct ManifestFacts {
  std::optional<DescriptorFacts> config;
  std::vector<DescriptorFacts> layers;
  std::optional<DescriptorFacts> subject;
  /// Its own, or else the type of its configuration: what referrers are found by.
  std::string artifact_type;
};

/// Rules M for the document alone. `media_type` is the descriptor's. Spec: image-spec manifest.md.
[[nodiscard]] ManifestFacts check_manifest(const oci::Json& document, std::string_view media_type,
                                           DocumentReport& report);

}  // namespace umoci::check
