// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/upper_paths.hpp>

namespace umoci::layer {

void UpperPaths::begin_layer() {
  ++layer_;
  names_.clear();
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

}  // namespace umoci::layer
