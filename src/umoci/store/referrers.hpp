// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/driver.hpp>
#include <umoci/store/reachable.hpp>

#include <vector>

namespace umoci::store {

/// The blobs of the layout beside those in `reachable` that are an index or a manifest with a
/// subject, wherever that is. What is damaged, or larger than documents may be, is none. Throws:
/// io, permission.
[[nodiscard]] std::vector<Referrer> find_referrers(const DigestSet& reachable,
                                                   const Driver& driver);

}  // namespace umoci::store
