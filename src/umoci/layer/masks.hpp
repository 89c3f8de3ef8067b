// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/path.hpp>

#include <algorithm>
#include <vector>

namespace umoci::layer {

/// True if `path` is one of `masks` or below one: changes there are left out of layers. A mask of
/// the root masks nothing. Spec: layers.md 3.6.
[[nodiscard]] inline bool is_masked(const tree::TreePath& path,
                                    const std::vector<tree::TreePath>& masks) {
  return std::any_of(masks.begin(), masks.end(), [&](const tree::TreePath& mask) {
    return !mask.is_root() && path.is_within(mask);
  });
}

}  // namespace umoci::layer
