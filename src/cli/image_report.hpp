// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/run.hpp>

#include <umoci/image/resolve.hpp>
#include <umoci/oci/image_config.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci/store/layout.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace umoci::cli {

/// A line of history and the layer it made, if it made one and the manifest has it.
struct HistoryReport {
  oci::History line;
  std::optional<oci::Descriptor> layer;
  std::string diff_id;  ///< empty: none
};

/// The document that a manifest names as its configuration.
struct ConfigReport {
  oci::Descriptor descriptor;
  std::string bytes;
  std::optional<oci::ImageConfig> image;  ///< absent: the blob is no image configuration
};

/// What `umoci stat` tells of an image.
struct ImageReport {
  oci::Descriptor descriptor;  ///< of the manifest
  std::string manifest_bytes;
  oci::Manifest manifest;
  std::optional<ConfigReport> config;  ///< absent: of a type that is not looked into
  std::vector<HistoryReport> history;
};

/// Reads manifest and configuration, verified. Throws: unsupported if the target is no manifest.
[[nodiscard]] ImageReport report_on(const store::Layout& layout, const image::DescriptorPath& path);

/// A date of a document in the form in which umoci writes dates; as it stands if it is none.
[[nodiscard]] std::string display_date(const std::string& created);

/// Sets the members of a line of history, without those that are empty.
void set_members(oci::Json& json, const oci::History& line);
/// One line of JSON. Throws: invalid_data if a document is none.
void print_json(const Io& io, const ImageReport& report);

/// For people. Spec: docs/compatibility.md, stat.
void print_text(std::ostream& out, const ImageReport& report);

}  // namespace umoci::cli
