// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/unheld_facts.hpp>

namespace umoci::layer {

void UnheldFacts::record(tree::InodeId inode, tree::EntryType type, const tree::ImageFacts& facts) {
  if (facts.empty()) {
    facts_.erase(inode);
  } else {
    facts_.insert_or_assign(inode, Held{.type = type, .facts = facts});
  }
}

tree::ImageFacts UnheldFacts::find(const tree::Entry& entry) const {
  const auto found = facts_.find(entry.inode);
  // A directory that got the number of something removed came into being without a record.
  if (found == facts_.end() || found->second.type != entry.type) return {};
  return found->second.facts;
}

}  // namespace umoci::layer
