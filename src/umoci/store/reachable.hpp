// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/driver.hpp>

#include <string>
#include <unordered_set>

namespace umoci::store {

/// Texts of digests.
using DigestSet = std::unordered_set<std::string>;

struct SearchOptions {
  Log& log;
  Progress* progress = nullptr;  ///< counts each document; nullptr: nobody wants to know
};

/// Every digest that the entries of `index` lead to. Opens indexes, manifests and what may be one
/// without saying so. Throws what reading one of them throws, with the way to it as context; a
/// missing configuration or subject is none.
[[nodiscard]] DigestSet find_reachable(const oci::Index& index, const Driver& driver,
                                       const SearchOptions& options);

}  // namespace umoci::store
