// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/descriptor.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::oci {

/// Spec: image-spec image-index.md.
struct Index {
  std::string media_type;  ///< empty: the document has none; dump() of a Docker list keeps its type
  std::string artifact_type;
  std::vector<Descriptor> manifests;
  std::optional<Descriptor> subject;
  Annotations annotations;
  Json::Object extra;

  /// Throws: invalid_data for anything that is no index; also for a document that could be taken
  /// for a manifest (members `config` or `layers`, another `mediaType`), CVE-2021-41190.
  [[nodiscard]] static Index parse(std::string_view text, const Limits& limits = {});
  /// As parse(), with the leniency that index.json of existing layouts needs: any mediaType,
  /// schemaVersion or null. Spec: store-and-config.md 1.2 as described in docs/formats/json.md.
  [[nodiscard]] static Index parse_top_level(std::string_view text, const Limits& limits = {});
  /// The document's bytes, with final newline; schemaVersion 2 and a mediaType are always written.
  [[nodiscard]] std::string dump() const;
};

}  // namespace umoci::oci
