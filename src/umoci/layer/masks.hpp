// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/path.hpp>
#include <umoci/tree/path_glob.hpp>

#include <algorithm>
#include <vector>

namespace umoci::layer {

/// Where changes are left out of layers: at these paths and what matches these patterns, and below.
struct Masks {
  std::vector<tree::TreePath> paths;
  std::vector<tree::PathGlob> globs;
};

/// True if `path` is masked. The root never is, and a mask of the root masks nothing. Spec:
/// layers.md 3.6.
[[nodiscard]] inline bool is_masked(const tree::TreePath& path, const Masks& masks) {
  return std::ranges::any_of(
             masks.paths,
             [&](const tree::TreePath& mask) { return !mask.is_root() && path.is_within(mask); }) ||
         std::ranges::any_of(masks.globs,
                             [&](const tree::PathGlob& glob) { return glob.covers(path); });
}

}  // namespace umoci::layer
