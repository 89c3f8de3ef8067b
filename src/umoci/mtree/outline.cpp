// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/outline.hpp>

#include <string_view>
#include <unordered_map>

namespace umoci::mtree {

Outline::Outline(std::span<const Record> records)
    : first_child_(records.size() + 1, none), next_sibling_(records.size(), none) {
  std::vector<std::size_t> last_child(records.size() + 1, none);
  std::unordered_map<std::string_view, std::size_t> directories{{"", records.size()}};
  std::string_view directory_path;  // where `parent` was looked for
  std::size_t parent = records.size();
  for (std::size_t index = 0; index < records.size(); ++index) {
    const std::string_view path = records[index].path.text();
    if (path.empty()) {
      root_ = index;
      continue;
    }
    // A directory sorts before what is in it, and siblings sort by their names.
    const std::size_t slash = path.rfind('/');
    const std::string_view parent_path =
        slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
    if (parent_path != directory_path) {
      const auto found = directories.find(parent_path);
      parent = found == directories.end() ? none : found->second;
      directory_path = parent_path;
    }
    if (parent == none) {
      orphans_.push_back(index);
      continue;
    }
    std::size_t& last = last_child[parent];
    (last == none ? first_child_[parent] : next_sibling_[last]) = index;
    last = index;
    if (is_directory(records[index])) directories.emplace(path, index);
  }
}

}  // namespace umoci::mtree
