// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/known_directories.hpp>

#include <algorithm>

namespace umoci::layer {

KnownDirectories::KnownDirectories() { directories_.try_emplace(root); }

const DirectoryId* KnownDirectories::find_child(DirectoryId parent, std::string_view name) const {
  const auto& children = directories_.at(parent).children;
  const auto found = children.find(name);
  return found == children.end() ? nullptr : &found->second;
}

DirectoryId KnownDirectories::child(DirectoryId parent, std::string_view name) {
  auto& children = directories_.at(parent).children;
  const auto found = children.find(name);
  if (found != children.end()) return found->second;
  const DirectoryId id = next_++;
  children.emplace(name, id);
  KnownDirectory& created = directories_[id];
  created.parent = parent;
  created.name = name;
  return id;
}

DirectoryId KnownDirectories::at_path(const tree::TreePath& path) {
  DirectoryId id = root;
  std::string_view rest = path.text();
  while (!rest.empty()) id = child(id, tree::next_component(rest));
  return id;
}

tree::TreePath KnownDirectories::path_of(DirectoryId id) const {
  std::vector<const std::string*> names;
  while (id != root) {
    const KnownDirectory& directory = directories_.at(id);
    names.push_back(&directory.name);
    id = directory.parent;
  }
  std::string text;
  std::for_each(names.rbegin(), names.rend(), [&](const std::string* name) {
    text += *name;
    text += '/';
  });
  return tree::TreePath::clean(text);
}

bool KnownDirectories::is_within(DirectoryId id, DirectoryId ancestor) const {
  while (id != ancestor && id != root) id = directories_.at(id).parent;
  return id == ancestor;
}

void KnownDirectories::forget(DirectoryId parent, std::string_view name) {
  auto& siblings = directories_.at(parent).children;
  const auto found = siblings.find(name);
  if (found == siblings.end()) return;
  // Trees can be deeper than the stack.
  std::vector<DirectoryId> doomed{found->second};
  siblings.erase(found);
  while (!doomed.empty()) {
    const DirectoryId id = doomed.back();
    doomed.pop_back();
    for (const auto& [child_name, child] : directories_.at(id).children) doomed.push_back(child);
    directories_.erase(id);
  }
}

}  // namespace umoci::layer
