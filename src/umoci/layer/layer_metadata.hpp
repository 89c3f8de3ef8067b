// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/tree/entry.hpp>

namespace umoci::layer {

/// Turns an object of the disk into what a layer says of it: mapped owner, whole seconds no later
/// than allowed, attributes that belong to the image. False if its owner has no id in the image;
/// then only the owner stays as it was. Throws: invalid_data for an owner recorded in a form that
/// cannot be read. Spec: layers.md 1.11, 1.15, 4.3.
[[nodiscard]] bool prepare_for_layer(tree::Entry& entry, const ChangesetOptions& options, Log& log);

}  // namespace umoci::layer
