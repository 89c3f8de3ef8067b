// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/check/document_report.hpp>
#include <umoci/oci/json.hpp>

#include <optional>
#include <string_view>

namespace umoci::check {

/// Parses a document; what is wrong with it as JSON is reported. nullopt: it is none. Spec: RFC
/// 8259, RFC 7493, image-spec considerations.md.
[[nodiscard]] std::optional<oci::Json> parse_document(std::string_view text, DocumentReport& report,
                                                      const Limits& limits);

}  // namespace umoci::check
