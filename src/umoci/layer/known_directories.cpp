// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/known_directories.hpp>

#include <algorithm>

namespace umoci::layer {

namespace {

std::uint64_t path_bytes_below(const KnownDirectory& directory, std::string_view name) {
  return directory.path_bytes + (directory.depth == 0 ? 0 : 1) + name.size();
}

}  // namespace

KnownDirectories::KnownDirectories(const Limits& limits) : limits_(limits), paths_(limits) {
  directories_.try_emplace(root);
}

const DirectoryId* KnownDirectories::find_child(DirectoryId parent, std::string_view name) const {
  const auto& children = directories_.at(parent).children;
  const auto found = children.find(name);
  return found == children.end() ? nullptr : &found->second;
}

DirectoryId KnownDirectories::child(DirectoryId parent, std::string_view name) {
  KnownDirectory& above = directories_.at(parent);
  const auto found = above.children.find(name);
  if (found != above.children.end()) return found->second;
  const std::uint64_t depth = above.depth + 1;
  const std::uint64_t path_bytes = path_bytes_below(above, name);
  // An entry's own path may be short, and lead through links to somewhere deep.
  check_limit(limits_, &Limits::path_depth, depth);
  paths_.charge(path_bytes);
  const DirectoryId id = next_++;
  above.children.emplace(name, id);
  KnownDirectory& created = directories_[id];
  created.parent = parent;
  created.name = name;
  created.depth = depth;
  created.path_bytes = path_bytes;
  return id;
}

void KnownDirectories::count_path(DirectoryId parent, std::string_view name) {
  paths_.charge(path_bytes_below(directories_.at(parent), name));
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
