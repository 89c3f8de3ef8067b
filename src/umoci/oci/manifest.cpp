// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/manifest.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/document_head.hpp>
#include <umoci/oci/member_reader.hpp>
#include <umoci/oci/member_writer.hpp>
#include <umoci/oci/read_descriptor.hpp>

#include <array>

namespace umoci::oci {
namespace {

constexpr std::array<std::string_view, 7> known_members{
    "schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations"};

constexpr std::int64_t schema_version = 2;

Descriptor read_config(const MemberReader& members) {
  members.reject_null("config");
  const Json* config = members.find("config");
  if (config == nullptr) throw Error(ErrorKind::invalid_data, "manifest without config");
  return read_descriptor(*config, members.place_of("config"));
}

}  // namespace

Manifest Manifest::parse(std::string_view text, const Limits& limits) {
  const Json json = Json::parse(text, limits);
  const Place document;
  const MemberReader members(json, document);
  reject_foreign_member(json, "manifests", "manifest");
  require_media_type(members, DocumentKind::manifest, "manifest");
  require_schema_version(members, "manifest");
  Manifest manifest{
      .media_type = members.string("mediaType"),
      .artifact_type = members.string("artifactType"),
      .config = read_config(members),
      .layers = read_descriptors(members, "layers"),
      .subject = read_optional_descriptor(members, "subject"),
      .annotations = members.string_map("annotations"),
      .extra = members.others(known_members),
  };
  check_limit(limits, &Limits::layers, manifest.layers.size());
  return manifest;
}

std::string Manifest::dump() const {
  Json::Array layer_list;
  layer_list.reserve(layers.size());
  for (const Descriptor& layer : layers) layer_list.push_back(layer.to_json());

  MemberWriter members;
  members.put("schemaVersion", schema_version);
  members.put_unless_empty("mediaType", media_type);
  members.put_unless_empty("artifactType", artifact_type);
  members.put("config", config.to_json());
  members.put("layers", std::move(layer_list));
  if (subject) members.put("subject", subject->to_json());
  members.put_unless_empty("annotations", annotations);
  members.append(extra);
  return members.take().dump() + '\n';
}

}  // namespace umoci::oci
