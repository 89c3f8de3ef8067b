// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/store/driver.hpp>
#include <umoci/store/layout_directory.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace umoci::store {

/// What is in `blobs/<algorithm>`; nullopt if there is no such directory, or if it stands somewhere
/// else, behind a link: it is not this layout's alone then.
[[nodiscard]] std::optional<BlobListing> list_own_blobs(const LayoutDirectory& layout,
                                                        digest::Algorithm algorithm);

/// A regular file beside the blobs of this layout, whose name is no digest.
struct OtherFile {
  std::string path;  ///< relative to the layout
  std::int64_t modified_seconds = 0;
  /// That of files that writers have not finished, umoci or ours.
  bool has_temporary_name = false;
};
[[nodiscard]] std::vector<OtherFile> list_other_files(const LayoutDirectory& layout);

}  // namespace umoci::store
