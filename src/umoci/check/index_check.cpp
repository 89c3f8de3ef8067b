// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/index_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/document_head_check.hpp>
#include <umoci/check/members.hpp>
#include <umoci/oci/descriptor.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace umoci::check {
namespace {

using oci::DocumentKind;
using oci::Json;

constexpr HeadRules rules{.schema_version = "X01", .media_type = "X02", .foreign_member = "X04"};

constexpr std::array<std::string_view, 6> index_members{
    "schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations"};

constexpr std::string_view attestation_type_key = "vnd.docker.reference.type";
constexpr std::string_view attestation_digest_key = "vnd.docker.reference.digest";
constexpr std::string_view attestation_type = "attestation-manifest";

bool is_known_target(DocumentKind kind) {
  return kind == DocumentKind::index || kind == DocumentKind::manifest ||
         kind == DocumentKind::descriptor;
}

std::vector<DescriptorFacts> check_entries(const Members& members, IndexPosition position) {
  std::vector<DescriptorFacts> entries;
  if (!members.require("manifests", "X03")) return entries;
  const Json::Array* manifests = members.array("manifests");
  if (manifests == nullptr) return entries;
  const auto of =
      position == IndexPosition::of_layout ? Annotated::entry_of_layout : Annotated::other;
  const oci::Place list = members.place_of("manifests");
  for (std::size_t i = 0; i < manifests->size(); ++i) {
    entries.push_back(check_descriptor((*manifests)[i], list.element(i), members.report(), of));
    const DescriptorFacts& entry = entries.back();
    if (!entry.media_type.empty() && !is_known_target(entry.kind())) {
      members.report().add("X05", list.element(i),
                           "unknown media type " + quoted(entry.media_type));
    }
  }
  return entries;
}

/// X07. The entries of index.json are told apart by their names.
void check_equal_platforms(const std::vector<DescriptorFacts>& entries, DocumentReport& report) {
  using Key = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view,
                         std::vector<std::string>>;
  std::map<Key, const DescriptorFacts*> first;
  for (const DescriptorFacts& entry : entries) {
    const auto& platform = entry.platform;
    if (entry.kind() != DocumentKind::manifest || !platform || platform->is_unknown()) continue;
    const auto [known, is_new] =
        first.emplace(Key(platform->os, platform->architecture, platform->variant,
                          platform->os_version, platform->os_features),
                      &entry);
    if (is_new || known->second->digest == entry.digest) continue;
    report.add("X07", entry.pointer,
               "is for the same platform as " + known->second->pointer + ", which is preferred");
  }
}

/// A06, the part that takes more than one entry.
void check_repeated_names(const std::vector<DescriptorFacts>& entries, DocumentReport& report) {
  std::set<std::string_view> names;
  for (const DescriptorFacts& entry : entries) {
    const auto name = entry.annotations.find(oci::ref_name_annotation);
    if (name == entry.annotations.end() || names.insert(name->second).second) continue;
    report.add("A06", entry.pointer, "name " + quoted(name->second) + " is given twice");
  }
}

void check_attestation(const DescriptorFacts& entry, const std::set<std::string_view>& digests,
                       DocumentReport& report) {
  const auto value = [&](std::string_view key) {
    const auto found = entry.annotations.find(key);
    return found == entry.annotations.end() ? std::string_view() : std::string_view(found->second);
  };
  if (value(attestation_type_key) != attestation_type) {
    report.add("X12", entry.pointer,
               "attestation of unknown type " + quoted(value(attestation_type_key)));
  }
  const std::string_view subject = value(attestation_digest_key);
  if (!digests.contains(subject)) {
    report.add("X12", entry.pointer,
               "attests " + quoted(subject) + ", which is no entry of this index");
  }
  if (!entry.platform || !entry.platform->is_unknown()) {
    report.add("X12", entry.pointer, "attestation without platform unknown/unknown");
  }
}

void check_attestations(const std::vector<DescriptorFacts>& entries, DocumentReport& report) {
  std::set<std::string_view> digests;
  for (const DescriptorFacts& entry : entries) digests.insert(entry.digest);
  digests.erase("");
  for (const DescriptorFacts& entry : entries) {
    if (is_attestation(entry)) check_attestation(entry, digests, report);
  }
}

}  // namespace

bool is_attestation(const DescriptorFacts& entry) {
  return entry.annotations.contains(attestation_type_key) ||
         entry.annotations.contains(attestation_digest_key);
}

IndexFacts check_index(const Json& document, IndexPosition position, std::string_view media_type,
                       DocumentReport& report) {
  const oci::Place place;
  const Members members(document, place, report);
  IndexFacts facts;
  check_schema_version(members, rules);
  check_own_media_type(members, rules, DocumentKind::index, media_type);
  check_foreign_member(document, members, rules, "config");
  check_foreign_member(document, members, rules, "layers");
  facts.artifact_type = check_artifact_type(members);
  facts.entries = check_entries(members, position);
  if (position == IndexPosition::nested) {
    check_equal_platforms(facts.entries, report);
  } else {
    check_repeated_names(facts.entries, report);
  }
  check_attestations(facts.entries, report);
  if (const Json* subject = members.find("subject")) {
    facts.subject = check_descriptor(*subject, members.place_of("subject"), report);
  }
  if (const Json* annotations = members.find("annotations")) {
    check_annotations(*annotations, members.place_of("annotations"), Annotated::other, report);
  }
  members.check_names(index_members);
  return facts;
}

}  // namespace umoci::check
