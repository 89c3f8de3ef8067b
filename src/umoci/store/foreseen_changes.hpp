// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/blob_store.hpp>

#include <string>
#include <vector>

namespace umoci::store {

/// A name that would mean something else: the digests of its entries in the index, in their order;
/// none where there is no such name.
struct RefChange {
  std::string name;
  std::vector<digest::Digest> before;
  std::vector<digest::Digest> after;
};

/// What a dry run would have changed.
struct ForeseenChanges {
  std::vector<StoredBlob> written;  ///< in the order of writing
  std::vector<RefChange> refs;
};

/// The names whose entries differ: first those that are in `before`, in its order.
[[nodiscard]] std::vector<RefChange> compare_refs(const oci::Index& before,
                                                  const oci::Index& after);

}  // namespace umoci::store
