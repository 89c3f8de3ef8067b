// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/document_head_check.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace umoci::check {
namespace {

bool equals_in_any_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return lower(a) == lower(b);
  });
}

}  // namespace

void check_schema_version(const Members& members, const HeadRules& rules) {
  constexpr std::int64_t wanted = 2;
  if (!members.require("schemaVersion", rules.schema_version)) return;
  const auto version = members.integer("schemaVersion");
  if (!version || *version == wanted) return;
  members.report().add(rules.schema_version, members.place_of("schemaVersion"),
                       fmt::format("is {}, not 2", *version));
}

void check_own_media_type(const Members& members, const HeadRules& rules, oci::DocumentKind kind,
                          std::string_view descriptor_media_type) {
  if (!members.is_object()) return;
  const oci::Place place = members.place_of("mediaType");
  if (members.find("mediaType") == nullptr) {
    members.report().add(rules.media_type, Severity::warning, members.place(),
                         "has no member \"mediaType\"");
    return;
  }
  const std::string* type = members.string("mediaType");
  if (type == nullptr) return;
  if (oci::kind_of(*type) != kind) {
    members.report().add(rules.media_type, place, quoted(*type) + " is of another kind");
  } else if (oci::kind_of(descriptor_media_type) == kind &&
             oci::is_docker(descriptor_media_type) != oci::is_docker(*type)) {
    members.report().add(rules.media_type, place,
                         quoted(*type) + " is of another family than the descriptor's " +
                             quoted(descriptor_media_type));
  }
}

void check_foreign_member(const oci::Json& json, const Members& members, const HeadRules& rules,
                          std::string_view name) {
  const oci::Json::Object* object = json.if_object();
  if (object == nullptr) return;
  for (const auto& [found, value] : *object) {
    if (!equals_in_any_case(found, name)) continue;
    members.report().add(rules.foreign_member, members.place_of(found),
                         "a member " + quoted(found) + " does not belong here");
  }
}

}  // namespace umoci::check
