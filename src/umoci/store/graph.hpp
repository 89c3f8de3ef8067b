// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/oci/descriptor.hpp>
#include <umoci/store/blob_store.hpp>

#include <vector>

namespace umoci::store {

/// The descriptors inside the document that `descriptor` names, in document order: of an index its
/// manifests, then its subject; of a manifest config, layers, subject; of a descriptor document the
/// one it holds. Other types have none and are not opened. Throws: as BlobStore::read,
/// invalid_data.
struct Children {
  std::vector<oci::Descriptor> owned;
  std::vector<oci::Descriptor> subject;  ///< at most one: a weak link, its target may be missing
};
[[nodiscard]] Children children_of(const BlobStore& blobs, const oci::Descriptor& descriptor,
                                   const Limits& limits);

}  // namespace umoci::store
