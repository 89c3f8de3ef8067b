// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/layer/places.hpp>
#include <umoci/layer/upper_paths.hpp>
#include <umoci/layer/whiteout.hpp>

#include <stop_token>

namespace umoci::layer {

/// The tree that whiteouts act on.
struct HiddenFrom {
  KnownDirectories& directories;
  UpperPaths& upper;
  Places& places;
  std::stop_token stop;
};

/// Removes what `whiteout` hides, but nothing that the layer at hand brought: as if it had come
/// before all other entries of its layer. Directories that are only left because of what this layer
/// has below them become implied ones. Spec: layers.md 1.12, B19.
void hide(const Whiteout& whiteout, const HiddenFrom& tree);

}  // namespace umoci::layer
