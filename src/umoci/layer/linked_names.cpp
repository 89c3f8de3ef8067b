// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/linked_names.hpp>

#include <unordered_set>

namespace umoci::layer {

const tree::Entry* LinkedNames::next() {
  const tree::Entry* const entry = tree_.next();
  if (entry != nullptr && entry->link_count > 1 && entry->type != tree::EntryType::directory) {
    objects_.emplace(entry->path, entry->inode);
    names_[entry->inode].push_back(entry->path);
  }
  return entry;
}

std::vector<mtree::Delta> LinkedNames::completed(std::vector<mtree::Delta> deltas) const {
  std::unordered_set<tree::TreePath> told;
  for (const mtree::Delta& delta : deltas) told.insert(delta.path);
  const std::size_t count = deltas.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto object = objects_.find(deltas[i].path);
    if (object == objects_.end()) continue;
    const tree::EntryType type = deltas[i].type;
    for (const tree::TreePath& name : names_.at(object->second)) {
      if (told.insert(name).second) deltas.push_back({.path = name, .type = type});
    }
  }
  return deltas;
}

}  // namespace umoci::layer
