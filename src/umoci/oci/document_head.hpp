// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>
#include <umoci/oci/media_type.hpp>
#include <umoci/oci/member_reader.hpp>

#include <string_view>

namespace umoci::oci {

// What tells an index and a manifest apart whatever their descriptor says (CVE-2021-41190).
// `document` is the noun for messages, "manifest" or "index".

/// Throws: invalid_data unless `schemaVersion` is 2.
void require_schema_version(const MemberReader& members, std::string_view document);

/// Throws: invalid_data if the document names a media type of another kind than `kind`.
void require_media_type(const MemberReader& members, DocumentKind kind, std::string_view document);

/// Throws: invalid_data if `json` has a member `name`, in any letter case and even if null: there
/// are readers that do not mind the case.
void reject_foreign_member(const Json& json, std::string_view name, std::string_view document);

}  // namespace umoci::oci
