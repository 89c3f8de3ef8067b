// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/descriptor.hpp>
#include <umoci/oci/platform.hpp>
#include <umoci/store/blob_store.hpp>

#include <string>
#include <string_view>

namespace umoci::image {

/// A document that took the place of another.
struct Replacement {
  store::StoredBlob blob;
  std::string text;
};

/// Stores `text` instead of the document that `old` names, under the same kind of digest.
[[nodiscard]] Replacement put_instead_of(const oci::Descriptor& old, std::string text,
                                         store::BlobStore& blobs);

/// The document that `old` names, to take the place of another. Throws: as BlobStore::read.
[[nodiscard]] Replacement replacement_by(const oci::Descriptor& old, const store::BlobStore& blobs);

/// The descriptor `old` made to name the replacement: everything else stays, but for embedded data,
/// which is refreshed if it is not much larger now and dropped otherwise.
[[nodiscard]] oci::Descriptor redirected(oci::Descriptor old, const Replacement& replacement);

/// What an edit did to the platform of an image.
struct PlatformChange {
  oci::Platform before;
  oci::Platform after;

  /// Lets a platform that describes `before` describe `after`. Others stay as they are.
  void apply(oci::Descriptor& descriptor) const;
};

}  // namespace umoci::image
