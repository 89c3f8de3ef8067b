// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace umoci {

/// Length in bytes (1 to 4) of the well-formed UTF-8 sequence at the start of `text`; 0 if there is
/// none. Spec: Unicode 15, table 3-7 (no surrogates, no overlong forms).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// True if all of `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace umoci
