// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/work_directory.hpp>

#include <string>
#include <string_view>

namespace umoci::store {

inline constexpr const char* index_name = "index.json";

/// Keeps others that change the index waiting until the descriptor is closed. Throws: conflict,
/// cancelled; invalid_data if there is no oci-layout to lock.
[[nodiscard]] UniqueFd lock_index(const LayoutDirectory& layout);

/// The bytes of index.json. Throws: not_found, invalid_data, limit_exceeded, io.
[[nodiscard]] std::string read_index_text(const LayoutDirectory& layout);

/// Puts new bytes in the place of index.json, at once and for good; mode, owner and access list
/// stay. A link is followed, once, to a file that lies inside the layout. Throws: permission
/// ("layout is read-only"), unsafe_path for a link that leads elsewhere, io, no_space.
void replace_index(const LayoutDirectory& layout, const WorkDirectory& work_directory,
                   std::string_view text);

/// Puts a file that whoever may read or change index.json may read or change, too, and nobody else,
/// into the layout, at once and for good. False if there is something of that name. Throws: as
/// replace_index().
bool write_beside_index(const LayoutDirectory& layout, const WorkDirectory& work_directory,
                        const std::string& name, std::string_view text);

}  // namespace umoci::store
