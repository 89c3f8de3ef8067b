// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/descriptor.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::oci {

/// Spec: image-spec manifest.md.
struct Manifest {
  std::string media_type;  ///< empty: the document has none
  std::string artifact_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::optional<Descriptor> subject;
  Annotations annotations;
  Json::Object extra;

  /// Throws: invalid_data for anything that is no manifest; also for a document that could be taken
  /// for an index (member `manifests`, another `mediaType`), CVE-2021-41190.
  [[nodiscard]] static Manifest parse(std::string_view text, const Limits& limits = {});
  /// The document's bytes, with final newline. Spec: cli.md 7.1, docs/formats/json.md.
  [[nodiscard]] std::string dump() const;
};

}  // namespace umoci::oci
