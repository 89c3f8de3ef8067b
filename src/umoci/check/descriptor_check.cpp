// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/descriptor_check.hpp>

#include <umoci/base/base64.hpp>
#include <umoci/base/error.hpp>
#include <umoci/check/digest_check.hpp>
#include <umoci/check/members.hpp>
#include <umoci/check/text_forms.hpp>
#include <umoci/digest/hasher.hpp>

#include <fmt/format.h>

#include <array>

namespace umoci::check {
namespace {

using oci::Json;

constexpr std::array<std::string_view, 8> descriptor_members{
    "mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform"};

constexpr std::string_view empty_document = "{}";

std::string check_media_type(const Members& members) {
  if (!members.require("mediaType", "D01")) return {};
  const std::string* text = members.string("mediaType");
  if (text == nullptr) return {};
  if (!is_media_type(*text)) {
    members.report().add("D01", members.place_of("mediaType"), quoted(*text) + " is no media type");
  }
  return *text;
}

std::string check_digest_member(const Members& members) {
  if (!members.require("digest", "D02")) return {};
  const std::string* text = members.string("digest");
  if (text == nullptr) return {};
  const oci::Place place = members.place_of("digest");
  return check_digest(*text, place, members.report()) ? *text : std::string();
}

/// A number that is no integer of 64 bits breaks D05, too.
std::optional<std::int64_t> check_size(const Members& members) {
  if (!members.require("size", "D05")) return std::nullopt;
  const auto size_bytes = members.integer("size");
  if (!size_bytes || *size_bytes >= 0) return size_bytes;
  members.report().add("D05", members.place_of("size"), fmt::format("{} is negative", *size_bytes));
  return std::nullopt;
}

void check_urls(const Members& members) {
  const Json::Array* urls = members.array("urls");
  if (urls == nullptr) return;
  const oci::Place list = members.place_of("urls");
  for (std::size_t i = 0; i < urls->size(); ++i) {
    const std::string* url = (*urls)[i].if_string();
    if (url == nullptr) {
      members.report().add("D07", list.element(i),
                           "is " + std::string(type_name((*urls)[i])) + ", not a string");
    } else if (!is_uri(*url)) {
      members.report().add("D07", list.element(i), quoted(*url) + " is no URI");
    } else if (!has_web_scheme(*url)) {
      members.report().add("D07", Severity::warning, list.element(i),
                           quoted(*url) + " is neither http nor https");
    }
  }
}

/// The embedded content, if digest and size confirm it.
std::optional<std::string> check_data(const Members& members, const DescriptorFacts& facts) {
  const std::string* text = members.string("data");
  if (text == nullptr) return std::nullopt;
  const auto add = [&](std::string message) {
    members.report().add("D09", members.place_of("data"), std::move(message));
  };
  std::size_t offset = 0;
  auto bytes = parse_base64(*text, &offset);
  if (!bytes) {
    add(fmt::format("is no base64 at byte {}", offset));
    return std::nullopt;
  }
  if (!facts.size_bytes || facts.digest.empty()) return std::nullopt;
  if (bytes->size() != static_cast<std::uint64_t>(*facts.size_bytes)) {
    add(fmt::format("holds {} bytes, not {}", bytes->size(), *facts.size_bytes));
    return std::nullopt;
  }
  const auto algorithm = digest::Digest(facts.digest).algorithm();
  if (!algorithm) return std::nullopt;
  const auto actual = digest::digest_of(*bytes, *algorithm);
  if (actual.text() == facts.digest) return bytes;
  add("has the digest " + quoted(actual.text()));
  return std::nullopt;
}

void check_empty_type(const Members& members, const DescriptorFacts& facts) {
  if (facts.kind() != oci::DocumentKind::empty) return;
  const bool is_size_right =
      !facts.size_bytes || *facts.size_bytes == static_cast<std::int64_t>(empty_document.size());
  const bool is_digest_right =
      facts.digest.empty() || facts.digest == digest::digest_of(empty_document).text();
  if (is_size_right && is_digest_right) return;
  members.report().add("D11", members.place(), "is of the empty type, but not of the document {}");
}

void read_annotations(const Members& members, Annotated of, DescriptorFacts& facts) {
  const Json* annotations = members.find("annotations");
  if (annotations == nullptr) return;
  check_annotations(*annotations, members.place_of("annotations"), of, members.report());
  if (annotations->if_object() == nullptr) return;
  for (const auto& [key, value] : *annotations->if_object()) {
    if (const std::string* text = value.if_string()) facts.annotations.emplace(key, *text);
  }
}

}  // namespace

std::string check_artifact_type(const Members& members) {
  const std::string* type = members.string("artifactType");
  if (type == nullptr) return {};
  if (!is_media_type(*type)) {
    members.report().add("D10", members.place_of("artifactType"),
                         quoted(*type) + " is no media type");
  }
  return *type;
}

DescriptorFacts check_descriptor(const Json& descriptor, const oci::Place& place,
                                 DocumentReport& report, Annotated of) {
  const Members members(descriptor, place, report);
  DescriptorFacts facts;
  facts.pointer = place.pointer();
  if (!members.is_object()) return facts;
  facts.media_type = check_media_type(members);
  facts.digest = check_digest_member(members);
  facts.size_bytes = check_size(members);
  facts.artifact_type = check_artifact_type(members);
  facts.data = check_data(members, facts);
  check_urls(members);
  check_empty_type(members, facts);
  read_annotations(members, of, facts);
  if (const Json* platform = members.find("platform")) {
    facts.platform = check_platform(*platform, members.place_of("platform"), report);
  }
  members.check_names(descriptor_members);
  return facts;
}

}  // namespace umoci::check
