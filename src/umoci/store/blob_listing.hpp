// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/store/blob_store.hpp>
#include <umoci/store/layout_directory.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace umoci::store {

/// A file whose name is a digest.
struct ListedBlob {
  StoredBlob blob;  ///< the size of a link is its own
  std::int64_t modified_seconds = 0;
};

/// What is in `blobs/<algorithm>`, sorted by name; paths are relative to the layout.
struct BlobListing {
  std::vector<ListedBlob> blobs;
  std::vector<std::string> temporary;  ///< files of writers, living or dead
  std::vector<std::string> foreign;    ///< everything else
};

/// nullopt if there is no such directory, or if it stands somewhere else, behind a link: it is not
/// this layout's alone then.
[[nodiscard]] std::optional<BlobListing> list_own_blobs(const LayoutDirectory& layout,
                                                        digest::Algorithm algorithm);

}  // namespace umoci::store
