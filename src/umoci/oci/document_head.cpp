// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/document_head.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <string>

namespace umoci::oci {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_but_for_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char l, char r) { return lower(l) == lower(r); });
}

}  // namespace

void require_schema_version(const MemberReader& members, std::string_view document) {
  constexpr std::int64_t supported = 2;
  const std::int64_t version = members.integer("schemaVersion");
  if (version == supported) return;
  std::string message(document);
  if (members.find("schemaVersion") == nullptr) {
    message += " without schemaVersion";
  } else {
    message += " has schemaVersion " + std::to_string(version) + ", not 2";
  }
  throw Error(ErrorKind::invalid_data, message);
}

void require_media_type(const MemberReader& members, DocumentKind kind, std::string_view document) {
  const std::string type = members.string("mediaType");
  if (type.empty() || kind_of(type) == kind) return;
  throw Error(ErrorKind::invalid_data,
              std::string(document) + " contains incorrect mediaType " + quoted(type));
}

void reject_foreign_member(const Json& json, std::string_view name, std::string_view document) {
  const Json::Object* members = json.if_object();
  if (members == nullptr) return;
  const auto found = std::find_if(members->begin(), members->end(), [&](const auto& member) {
    return equal_but_for_case(member.first, name);
  });
  if (found == members->end()) return;
  throw Error(ErrorKind::invalid_data, std::string(document) + " contains forbidden member " +
                                           quoted(found->first) +
                                           ": it could be taken for another kind of document");
}

}  // namespace umoci::oci
