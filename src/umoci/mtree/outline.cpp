// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/outline.hpp>

#include <umoci/mtree/tree_order.hpp>

#include <algorithm>
#include <numeric>
#include <string>

namespace umoci::mtree {

Outline::Outline(std::span<const Record> records)
    : first_child_(records.size() + 1, none), next_sibling_(records.size(), none) {
  std::vector<std::size_t> order(records.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return tree_less(records[a].path.text(), records[b].path.text());
  });

  std::vector<std::size_t> last_child(records.size() + 1, none);
  const auto append = [&](std::size_t parent, std::size_t child) {
    std::size_t& last = last_child[parent];
    (last == none ? first_child_[parent] : next_sibling_[last]) = child;
    last = child;
  };

  std::vector<std::size_t> open;  // the directories around the present record, outermost first
  for (const std::size_t index : order) {
    const tree::TreePath& path = records[index].path;
    if (path.is_root()) {
      root_ = index;
      continue;
    }
    while (!open.empty() && !path.is_within(records[open.back()].path)) open.pop_back();
    const std::size_t slash = path.text().rfind('/');
    if (slash == std::string::npos) {
      append(records.size(), index);
    } else if (!open.empty() && records[open.back()].path.text().size() == slash) {
      append(open.back(), index);
    } else {
      orphans_.push_back(index);
      continue;
    }
    if (is_directory(records[index])) open.push_back(index);
  }
}

}  // namespace umoci::mtree
