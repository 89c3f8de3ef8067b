// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/layout_directory.hpp>

#include <string_view>

namespace umoci::store {

inline constexpr const char* marker_name = "oci-layout";
inline constexpr std::string_view marker_text = "{\"imageLayoutVersion\":\"1.0.0\"}\n";

/// Throws: invalid_data ("invalid image detected") unless oci-layout is there and names version
/// 1.0.0; others for what the system refuses. Spec: image-spec image-layout.md, oci-layout file.
void check_marker(const LayoutDirectory& layout);

}  // namespace umoci::store
