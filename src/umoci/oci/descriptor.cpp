// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/descriptor.hpp>

#include <umoci/base/base64.hpp>
#include <umoci/base/error.hpp>
#include <umoci/oci/member_reader.hpp>
#include <umoci/oci/member_writer.hpp>
#include <umoci/oci/read_descriptor.hpp>

#include <array>

namespace umoci::oci {
namespace {

constexpr std::array<std::string_view, 8> known_members{
    "mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType"};

std::optional<std::string> read_data(const MemberReader& members) {
  if (members.find("data") == nullptr) return std::nullopt;
  std::size_t offset = 0;
  auto bytes = parse_base64(members.string("data"), &offset);
  if (!bytes) {
    throw Error(ErrorKind::invalid_data, members.place_of("data").text() +
                                             ": illegal base64 data at input byte " +
                                             std::to_string(offset));
  }
  return bytes;
}

std::optional<Platform> read_optional_platform(const MemberReader& members) {
  const Json* platform = members.find("platform");
  if (platform == nullptr) return std::nullopt;
  return read_platform(*platform, members.place_of("platform"));
}

}  // namespace

Descriptor read_descriptor(const Json& json, const Place& place) {
  const MemberReader members(json, place);
  return Descriptor{
      .media_type = members.string("mediaType"),
      .digest = digest::Digest(members.string("digest")),
      .size_bytes = members.integer("size"),
      .urls = members.strings("urls"),
      .annotations = members.string_map("annotations"),
      .data = read_data(members),
      .platform = read_optional_platform(members),
      .artifact_type = members.string("artifactType"),
      .extra = members.others(known_members),
      .size_absent = members.find("size") == nullptr,
  };
}

std::vector<Descriptor> read_descriptors(const MemberReader& document, std::string_view name) {
  std::vector<Descriptor> descriptors;
  const Json::Array* elements = document.array(name);
  if (elements == nullptr) return descriptors;
  descriptors.reserve(elements->size());
  const Place place = document.place_of(name);
  for (const Json& element : *elements) {
    descriptors.push_back(read_descriptor(element, place.element(descriptors.size())));
  }
  return descriptors;
}

std::optional<Descriptor> read_optional_descriptor(const MemberReader& document,
                                                   std::string_view name) {
  const Json* descriptor = document.find(name);
  if (descriptor == nullptr) return std::nullopt;
  return read_descriptor(*descriptor, document.place_of(name));
}

Descriptor Descriptor::from_json(const Json& json) { return read_descriptor(json, Place()); }

Json Descriptor::to_json() const {
  MemberWriter members;
  members.put_unless_empty("mediaType", media_type);
  members.put_unless_empty("digest", digest.text());
  if (size_bytes != 0 || !size_absent) members.put("size", size_bytes);
  members.put_unless_empty("urls", urls);
  members.put_unless_empty("annotations", annotations);
  if (data) members.put("data", format_base64(*data));
  if (platform) members.put("platform", platform->to_json());
  members.put_unless_empty("artifactType", artifact_type);
  members.append(extra);
  return members.take();
}

std::optional<std::string> Descriptor::ref_name() const {
  const auto found = annotations.find(std::string(ref_name_annotation));
  if (found == annotations.end()) return std::nullopt;
  return found->second;
}

}  // namespace umoci::oci
