// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/inserted_paths.hpp>

#include <umoci/base/error.hpp>
#include <umoci/mtree/path_budget.hpp>

namespace umoci::bundle {

using tree::EntryType;

InsertedPaths::InsertedPaths(const std::vector<tree::TreePath>& targets, const Limits& limits)
    : is_single_(targets.size() == 1) {
  if (is_single_) return;
  mtree::PathBudget budget(limits);
  std::unordered_set<tree::TreePath> known;
  for (const tree::TreePath& target : targets) {
    if (!known.insert(target).second) {
      throw Error(ErrorKind::invalid_argument,
                  "target " + quoted(target.display()) + " is given twice");
    }
    // Up to the first that is known: those above it are known, too.
    for (tree::TreePath path = target; !path.is_root();) {
      path = path.parent();
      budget.charge(path.text().size());
      if (!parents_.insert(path).second) break;
    }
  }
}

bool InsertedPaths::admit(const tree::TreePath& path, EntryType type) {
  if (is_single_) return true;  // one tree has each path once
  if (type != EntryType::directory && parents_.contains(path)) {
    throw Error(ErrorKind::invalid_argument,
                quoted(path.display()) + " is no directory, but something goes below it");
  }
  const auto [other, is_new] = written_.emplace(path, type);
  if (!is_new && (type != EntryType::directory || other->second != EntryType::directory)) {
    throw Error(ErrorKind::invalid_argument, "two sources for " + quoted(path.display()));
  }
  return is_new;
}

}  // namespace umoci::bundle
