// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/foreseen_changes.hpp>

#include <umoci/store/ref_name.hpp>

#include <map>

namespace umoci::store {
namespace {

using Entries = std::map<std::string, std::vector<oci::Descriptor>, std::less<>>;

Entries entries_by_name(const oci::Index& index) {
  Entries entries;
  for (const oci::Descriptor& entry : index.manifests) {
    if (auto name = entry.ref_name()) entries[std::move(*name)].push_back(entry);
  }
  return entries;
}

std::vector<digest::Digest> digests(const std::vector<oci::Descriptor>& entries) {
  std::vector<digest::Digest> digests;
  digests.reserve(entries.size());
  for (const oci::Descriptor& entry : entries) digests.push_back(entry.digest);
  return digests;
}

}  // namespace

std::vector<RefChange> compare_refs(const oci::Index& before, const oci::Index& after) {
  std::vector<std::string> names = ref_names(before);
  for (std::string& name : ref_names(after)) names.push_back(std::move(name));
  Entries old_entries = entries_by_name(before);
  Entries new_entries = entries_by_name(after);
  std::vector<RefChange> changes;
  for (std::string& name : names) {
    const auto old_entry = old_entries.extract(name);
    const auto new_entry = new_entries.extract(name);
    // Told of already.
    if (!old_entry && !new_entry) continue;
    if (old_entry && new_entry && old_entry.mapped() == new_entry.mapped()) continue;
    RefChange change{.name = std::move(name), .before = {}, .after = {}};
    if (old_entry) change.before = digests(old_entry.mapped());
    if (new_entry) change.after = digests(new_entry.mapped());
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace umoci::store
