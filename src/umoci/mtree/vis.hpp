// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace umoci::mtree {

/// Encodes any bytes so that they fit into one word of a manifest (vis(3): OCTAL, WHITE, GLOB).
[[nodiscard]] std::string vis(std::string_view bytes);

/// Encodes any bytes so that they stay on one comment line: only control bytes and backslashes
/// change. unvis() decodes this too.
[[nodiscard]] std::string vis_comment(std::string_view bytes);

/// Decodes what any vis(3) may have written. Throws: invalid_data for an unknown escape.
[[nodiscard]] std::string unvis(std::string_view text);

}  // namespace umoci::mtree
