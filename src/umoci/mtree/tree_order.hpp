// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/path.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace umoci::mtree {

/// Orders paths so that everything below a directory follows it at once: by bytes, except that the
/// slash comes before all others.
[[nodiscard]] inline bool tree_less(std::string_view a, std::string_view b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_b == b.end()) return false;
  if (in_a == a.end()) return true;
  if (*in_a == '/' || *in_b == '/') return *in_a == '/';
  return static_cast<unsigned char>(*in_a) < static_cast<unsigned char>(*in_b);
}

/// Everything below some directories.
class Subtrees {
 public:
  explicit Subtrees(std::vector<tree::TreePath> tops) {
    std::sort(tops.begin(), tops.end(),
              [](const auto& a, const auto& b) { return tree_less(a.text(), b.text()); });
    for (auto& top : tops) {
      if (tops_.empty() || !top.is_within(tops_.back())) tops_.push_back(std::move(top));
    }
  }

  /// True if `path` lies below one of the directories; they themselves do not.
  [[nodiscard]] bool contain(const tree::TreePath& path) const {
    // The tops lie in no order within each other, so only the last one before `path` can hold it.
    const auto after = std::lower_bound(
        tops_.begin(), tops_.end(), path,
        [](const auto& top, const auto& p) { return tree_less(top.text(), p.text()); });
    return after != tops_.begin() && path.is_within(*std::prev(after));
  }

 private:
  std::vector<tree::TreePath> tops_;  ///< in tree order, none within another
};

}  // namespace umoci::mtree
