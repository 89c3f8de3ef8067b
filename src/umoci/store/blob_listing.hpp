// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/store/driver.hpp>
#include <umoci/store/layout_directory.hpp>

#include <optional>
#include <string>
#include <vector>

namespace umoci::store {

/// What is in `blobs/<algorithm>`; nullopt if there is no such directory, or if it stands somewhere
/// else, behind a link: it is not this layout's alone then.
[[nodiscard]] std::optional<BlobListing> list_own_blobs(const LayoutDirectory& layout,
                                                        digest::Algorithm algorithm);

/// The temporary files beside the blobs of this layout that no writer holds a lock on, relative to
/// the layout.
[[nodiscard]] std::vector<std::string> find_dead_temporary_files(const LayoutDirectory& layout);

}  // namespace umoci::store
