// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace umoci {

/// Length in bytes (1 to 4) of the well-formed UTF-8 sequence at the start of `text`; 0 if there is
/// none. Spec: Unicode 15, table 3-7 (no surrogates, no overlong forms).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// The code point of `sequence`, which is one well-formed UTF-8 sequence.
[[nodiscard]] char32_t utf8_decode(std::string_view sequence);

/// True if all of `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace umoci
