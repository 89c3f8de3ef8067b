// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/linked_names.hpp>

#include <unordered_set>

namespace umoci::layer {

const tree::Entry* LinkedNames::next() {
  const tree::Entry* const entry = tree_.next();
  if (entry != nullptr && entry->link_count > 1 && entry->type != tree::EntryType::directory &&
      entry->type != tree::EntryType::socket) {
    objects_.emplace(entry->path, entry->inode);
    names_[entry->inode].push_back(entry->path);
  }
  return entry;
}

std::vector<mtree::Delta> LinkedNames::completed(std::vector<mtree::Delta> deltas,
                                                 const Masks& masks) const {
  std::unordered_set<tree::TreePath> told;
  for (const mtree::Delta& delta : deltas) told.insert(delta.path);
  const std::size_t count = deltas.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto object = objects_.find(deltas[i].path);
    if (object == objects_.end() || is_masked(deltas[i].path, masks)) continue;
    const tree::EntryType type = deltas[i].type;
    for (const tree::TreePath& name : names_.at(object->second)) {
      if (!is_masked(name, masks) && told.insert(name).second)
        deltas.push_back({.path = name, .type = type});
    }
  }
  return deltas;
}

std::vector<tree::TreePath> LinkedNames::left_behind(const std::vector<mtree::Delta>& changes,
                                                     const Masks& masks) const {
  std::vector<tree::TreePath> left;
  std::unordered_set<tree::InodeId> told;
  for (const mtree::Delta& change : changes) {
    const auto object = objects_.find(change.path);
    if (object == objects_.end() || !told.insert(object->second).second) continue;
    for (const tree::TreePath& name : names_.at(object->second)) {
      if (is_masked(name, masks)) left.push_back(name);
    }
  }
  return left;
}

}  // namespace umoci::layer
