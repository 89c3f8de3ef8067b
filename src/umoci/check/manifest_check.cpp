// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/manifest_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/document_head_check.hpp>
#include <umoci/check/members.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace umoci::check {
namespace {

using oci::DocumentKind;
using oci::Json;

constexpr HeadRules rules{.schema_version = "M01", .media_type = "M02", .foreign_member = "M06"};

constexpr std::array<std::string_view, 7> manifest_members{
    "schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations"};

/// What buildkit puts into manifests that otherwise look like those of images.
constexpr std::string_view in_toto_type = "application/vnd.in-toto+json";

std::vector<DescriptorFacts> check_layer_descriptors(const Members& members) {
  std::vector<DescriptorFacts> layers;
  if (!members.require("layers", "M04")) return layers;
  const Json::Array* list = members.array("layers");
  if (list == nullptr) return layers;
  const oci::Place place = members.place_of("layers");
  if (list->empty()) members.report().add("M04", Severity::warning, place, "is empty");
  for (std::size_t i = 0; i < list->size(); ++i) {
    layers.push_back(check_descriptor((*list)[i], place.element(i), members.report()));
    if (layers.back().size_bytes == 0) {
      members.report().add("M13", place.element(i), "a layer of no bytes is no archive");
    }
  }
  return layers;
}

void check_config_type(const DescriptorFacts& config, const std::string& artifact_type,
                       const Members& members) {
  if (config.kind() == DocumentKind::empty && artifact_type.empty()) {
    members.report().add("M05", members.place(),
                         "has an empty configuration and no \"artifactType\"");
  }
  const bool is_known =
      config.kind() == DocumentKind::image_config || config.kind() == DocumentKind::empty;
  if (!config.media_type.empty() && !is_known) {
    members.report().add("M07", config.pointer, "unknown media type " + quoted(config.media_type));
  }
}

/// What the layers of something that has an image's configuration are.
void check_image_layers(const ManifestFacts& facts, const Members& members) {
  std::size_t foreign = 0;
  for (const DescriptorFacts& layer : facts.layers) {
    if (layer.media_type.empty() || layer.kind() == DocumentKind::layer ||
        layer.media_type == in_toto_type) {
      continue;
    }
    ++foreign;
    members.report().add("M10", layer.pointer,
                         quoted(layer.media_type) + " is no layer of an image");
  }
  const bool has_type = members.find("artifactType") != nullptr;
  if (foreign > 0 && foreign == facts.layers.size() && !has_type) {
    members.report().add("M08", members.place(),
                         "is an artifact that says it was an image: \"artifactType\" is missing");
  }
}

void check_layer_types(const ManifestFacts& facts, DocumentReport& report) {
  for (const DescriptorFacts& layer : facts.layers) {
    const auto type = oci::layer_type_of(layer.media_type);
    if (type && type->nondistributable) {
      report.add("M11", layer.pointer, quoted(layer.media_type) + " is deprecated");
    }
    if (!layer.media_type.empty() && !type) {
      report.add("M07", layer.pointer, "unknown media type " + quoted(layer.media_type));
    }
  }
}

}  // namespace

ManifestFacts check_manifest(const Json& document, std::string_view media_type,
                             DocumentReport& report) {
  const oci::Place place;
  const Members members(document, place, report);
  ManifestFacts facts;
  check_schema_version(members, rules);
  check_own_media_type(members, rules, DocumentKind::manifest, media_type);
  check_foreign_member(document, members, rules, "manifests");
  facts.artifact_type = check_artifact_type(members);
  if (members.require("config", "M03")) {
    facts.config = check_descriptor(*members.find("config"), members.place_of("config"), report);
    check_config_type(*facts.config, facts.artifact_type, members);
  }
  facts.layers = check_layer_descriptors(members);
  check_layer_types(facts, report);
  if (facts.config && facts.config->kind() == DocumentKind::image_config) {
    check_image_layers(facts, members);
  }
  if (facts.artifact_type.empty() && facts.config) facts.artifact_type = facts.config->media_type;
  if (const Json* subject = members.find("subject")) {
    facts.subject = check_descriptor(*subject, members.place_of("subject"), report);
  }
  if (const Json* annotations = members.find("annotations")) {
    check_annotations(*annotations, members.place_of("annotations"), Annotated::other, report);
  }
  members.check_names(manifest_members);
  return facts;
}

}  // namespace umoci::check
