// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/upper_paths.hpp>

namespace umoci::layer {

void UpperPaths::begin_layer() {
  ++layer_;
  names_.clear();
  kept_links_.clear();
}

void UpperPaths::add_directory(DirectoryId directory) {
  for (;;) {
    KnownDirectory& known = directories_.at(directory);
    // Whoever was marked had its ancestors marked as well.
    if (known.touched_in == layer_) return;
    known.touched_in = layer_;
    directory = known.parent;
  }
}

void UpperPaths::add(DirectoryId parent, std::string_view name) {
  add_directory(parent);
  names_[parent].emplace(name);
  const auto kept = kept_links_.find(parent);
  if (kept != kept_links_.end()) kept->second.erase(std::string(name));
}

void UpperPaths::add_kept_link(DirectoryId parent, std::string_view name) {
  // It may be this layer's own.
  if (contains(parent, name)) return;
  add(parent, name);
  kept_links_[parent].emplace(name);
}

bool UpperPaths::is_all_upper(DirectoryId directory) const {
  for (;;) {
    const KnownDirectory& known = directories_.at(directory);
    if (known.all_upper_in == layer_) return true;
    if (directory == KnownDirectories::root) return false;
    directory = known.parent;
  }
}

bool UpperPaths::contains(DirectoryId parent, std::string_view name) const {
  const DirectoryId* child = directories_.find_child(parent, name);
  if (child != nullptr && directories_.at(*child).touched_in == layer_) return true;
  const auto found = names_.find(parent);
  return found != names_.end() && found->second.contains(std::string(name));
}

bool UpperPaths::brought_link(DirectoryId parent, std::string_view name) const {
  const auto kept = kept_links_.find(parent);
  const bool is_kept = kept != kept_links_.end() && kept->second.contains(std::string(name));
  return !is_kept && contains(parent, name);
}

}  // namespace umoci::layer
