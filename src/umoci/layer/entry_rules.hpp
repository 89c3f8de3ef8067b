// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/entry.hpp>

namespace umoci::layer {

/// Throws for an entry that no layer may have, whatever the tree it is applied to: a root that is
/// no directory, a name reserved for whiteouts, a symbolic link without a target or with one that
/// no link can have, a hard link to the root or to itself, a socket. Throws: invalid_data.
void check_entry(const tree::Entry& entry);

}  // namespace umoci::layer
