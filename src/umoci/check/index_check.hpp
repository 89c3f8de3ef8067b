// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/descriptor_check.hpp>
#include <umoci/check/document_report.hpp>
#include <umoci/oci/json.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace umoci::check {

struct IndexFacts {
  std::vector<DescriptorFacts> entries;
  std::optional<DescriptorFacts> subject;
  std::string artifact_type;
};

/// Where an index is found.
enum class IndexPosition {
  of_layout,  ///< it is index.json
  nested,
};

/// Rules X for the document alone. `media_type` is the descriptor's, empty for index.json. Spec:
/// image-spec image-index.md.
[[nodiscard]] IndexFacts check_index(const oci::Json& document, IndexPosition position,
                                     std::string_view media_type, DocumentReport& report);

/// True if the entry says that it attests something about another one, as buildkit writes it.
[[nodiscard]] bool is_attestation(const DescriptorFacts& entry);

}  // namespace umoci::check
