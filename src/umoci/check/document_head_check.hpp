// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/members.hpp>
#include <umoci/oci/media_type.hpp>

#include <string_view>

namespace umoci::check {

/// Ids of the rules that indexes and manifests have in common.
struct HeadRules {
  std::string_view schema_version;
  std::string_view media_type;
  std::string_view foreign_member;
};

/// `schemaVersion` is 2.
void check_schema_version(const Members& members, const HeadRules& rules);

/// `mediaType` is one of `kind` and, if the descriptor's type is known, of the same family.
void check_own_media_type(const Members& members, const HeadRules& rules, oci::DocumentKind kind,
                          std::string_view descriptor_media_type);

/// No member `name`, in any letter case and even if null: the document could be taken for another
/// kind (CVE-2021-41190).
void check_foreign_member(const oci::Json& json, const Members& members, const HeadRules& rules,
                          std::string_view name);

}  // namespace umoci::check
