// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/config_check.hpp>
#include <umoci/check/document_report.hpp>
#include <umoci/check/layer_facts.hpp>

#include <vector>

namespace umoci::check {

/// Rules that take all layers of an image: C03, C09 and the rest of Y06. `layers` are in the order
/// of the manifest, to which `report` belongs; nullptr for one that could not be read.
void check_image_layers(const std::vector<const LayerFacts*>& layers, const ConfigFacts& config,
                        DocumentReport& report);

}  // namespace umoci::check
