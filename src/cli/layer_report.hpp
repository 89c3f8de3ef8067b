// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/image_report.hpp>
#include <cli/screen.hpp>

#include <umoci/oci/descriptor.hpp>
#include <umoci/oci/image_config.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace umoci::cli {

/// What an image says of one of its layers.
struct LayerReport {
  oci::Descriptor descriptor;
  std::string diff_id;                  ///< empty: none
  std::optional<oci::History> history;  ///< the line that tells of it
};

/// Each layer of the manifest, the lowest first, and what history says of it.
[[nodiscard]] std::vector<LayerReport> report_on_layers(const ImageReport& report);

/// One line of JSON. Spec: docs/formats/json-output/stat.md.
void print_json(const Io& io, const std::vector<LayerReport>& layers);

/// A table for people, one row a layer, that never is wider than the screen: what does not fit is
/// cut or left out.
void print_text(std::ostream& out, const std::vector<LayerReport>& layers, const Screen& screen);

}  // namespace umoci::cli
