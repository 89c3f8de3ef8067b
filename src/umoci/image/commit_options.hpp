// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace umoci::image {

class Edit;

/// What is done if a name no longer means the image that an edit of it started from.
enum class OnMoved {
  warn,    ///< the result takes the place of what is there
  fail,    ///< Error conflict
  rebase,  ///< the same changes are made to the image that is there now
};

/// Whether the image that is there now may have layers more than the one an edit started from.
enum class LayersAbove { allowed, refused };

struct CommitOptions {
  OnMoved on_moved = OnMoved::warn;
  /// OnMoved::rebase: makes the changes once more, to an edit of another image. Called under the
  /// lock of the index.
  std::function<void(Edit&)> changes = {};
  /// OnMoved::rebase only.
  LayersAbove layers_above = LayersAbove::allowed;
};

}  // namespace umoci::image
