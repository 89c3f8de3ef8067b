// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/annotations_check.hpp>
#include <umoci/check/document_report.hpp>
#include <umoci/check/platform_check.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/oci/media_type.hpp>
#include <umoci/oci/place.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace umoci::check {

/// What a descriptor says, as far as it could be understood.
struct DescriptorFacts {
  std::string media_type;
  std::string digest;                      ///< empty unless it follows the grammar
  std::optional<std::int64_t> size_bytes;  ///< nullopt unless it is one
  /// Embedded content that digest and size confirm.
  std::optional<std::string> data;
  std::optional<PlatformFacts> platform;
  std::string artifact_type;
  std::map<std::string, std::string, std::less<>> annotations;
  std::string pointer;  ///< where it stands in its document

  [[nodiscard]] oci::DocumentKind kind() const { return oci::kind_of(media_type); }
};

/// Rules D for one descriptor, without a look at what it points at. Spec: image-spec descriptor.md.
[[nodiscard]] DescriptorFacts check_descriptor(const oci::Json& descriptor, const oci::Place& place,
                                               DocumentReport& report,
                                               Annotated of = Annotated::other);

/// Rules D10 and J05 for a member `artifactType`; empty if there is none.
[[nodiscard]] std::string check_artifact_type(const Members& members);

}  // namespace umoci::check
