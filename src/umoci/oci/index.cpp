// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/index.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/document_head.hpp>
#include <umoci/oci/member_reader.hpp>
#include <umoci/oci/member_writer.hpp>
#include <umoci/oci/read_descriptor.hpp>

#include <array>

namespace umoci::oci {
namespace {

constexpr std::array<std::string_view, 6> known_members{
    "schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations"};

constexpr std::int64_t schema_version = 2;

void reject_manifest(const Json& json) {
  reject_foreign_member(json, "config", "index");
  reject_foreign_member(json, "layers", "index");
}

Index read_members(const MemberReader& members) {
  return Index{
      .media_type = members.string("mediaType"),
      .artifact_type = members.string("artifactType"),
      .manifests = read_descriptors(members, "manifests"),
      .subject = read_optional_descriptor(members, "subject"),
      .annotations = members.string_map("annotations"),
      .extra = members.others(known_members),
  };
}

/// Docker's own type stays; whatever else may be there becomes the type of an OCI index.
std::string_view written_media_type(std::string_view media_type) {
  const bool docker_list = is_docker(media_type) && kind_of(media_type) == DocumentKind::index;
  return docker_list ? media_type : media_type::index;
}

}  // namespace

Index Index::parse(std::string_view text, const Limits& limits) {
  const Json json = Json::parse(text, limits);
  const Place document;
  const MemberReader members(json, document);
  reject_manifest(json);
  require_media_type(members, DocumentKind::index, "index");
  require_schema_version(members, "index");
  if (json.find("manifests") == nullptr) {
    throw Error(ErrorKind::invalid_data, "index without manifests");
  }
  return read_members(members);
}

Index Index::parse_top_level(std::string_view text, const Limits& limits) {
  const Json json = Json::parse(text, limits);
  if (json.is_null()) return {};
  const Place document;
  const MemberReader members(json, document);
  reject_manifest(json);
  // Any version will do, but not a text or a fraction.
  static_cast<void>(members.integer("schemaVersion"));
  return read_members(members);
}

std::string Index::dump() const {
  Json::Array descriptors;
  descriptors.reserve(manifests.size());
  for (const Descriptor& descriptor : manifests) descriptors.push_back(descriptor.to_json());

  MemberWriter members;
  members.put("schemaVersion", schema_version);
  members.put("mediaType", written_media_type(media_type));
  members.put_unless_empty("artifactType", artifact_type);
  members.put("manifests", std::move(descriptors));
  if (subject) members.put("subject", subject->to_json());
  members.put_unless_empty("annotations", annotations);
  members.append(extra);
  return members.take().dump() + '\n';
}

}  // namespace umoci::oci
