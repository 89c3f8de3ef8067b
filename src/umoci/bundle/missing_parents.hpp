// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/bundle/insert.hpp>

#include <vector>

namespace umoci::bundle {

/// The directories above the targets that neither the image nor an inserted tree has, a parent
/// before what is in it, with links of the image followed. Reads all layers.
[[nodiscard]] std::vector<tree::TreePath> find_missing_parents(const store::Layout& layout,
                                                               const image::Image& image,
                                                               const InsertRequest& request,
                                                               const InsertOptions& options);

}  // namespace umoci::bundle
