// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the documents of a layout point at each other.

#include <umoci/base/limits.hpp>
#include <umoci/oci/descriptor.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci/store/blob_store.hpp>

#include <vector>

namespace umoci::store {

// Each reads and parses the document that `descriptor` names. Throws: as BlobStore::read_document;
// invalid_data for a malformed document or one of another family than the descriptor says (OCI's
// types, Docker's types).

/// An index that is not the layout's own.
[[nodiscard]] oci::Index read_index(const BlobStore& blobs, const oci::Descriptor& descriptor,
                                    const Limits& limits);
/// The manifest of an image or of an artifact.
[[nodiscard]] oci::Manifest read_manifest(const BlobStore& blobs, const oci::Descriptor& descriptor,
                                          const Limits& limits);
/// The descriptor that a descriptor document consists of.
[[nodiscard]] oci::Descriptor read_descriptor(const BlobStore& blobs,
                                              const oci::Descriptor& descriptor,
                                              const Limits& limits);

/// What a document points at.
struct Children {
  std::vector<oci::Descriptor> owned;
  std::vector<oci::Descriptor> subject;  ///< at most one: a weak link, its target may be missing
};
/// The descriptors inside the document that `descriptor` names, in document order: of an index its
/// manifests, then its subject; of a manifest config, layers, subject; of a descriptor document the
/// one it holds. Other types have none and are not opened. Throws: as BlobStore::read,
/// invalid_data.
[[nodiscard]] Children children_of(const BlobStore& blobs, const oci::Descriptor& descriptor,
                                   const Limits& limits);

}  // namespace umoci::store
