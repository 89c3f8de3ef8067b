// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace umoci {

/// Standard alphabet with padding. Spec: RFC 4648 4.
[[nodiscard]] std::string format_base64(std::string_view bytes);

/// The inverse, of exactly what format_base64() writes: no white space, no missing padding, no bits
/// set behind the last byte. For anything else nullopt, and `illegal_offset` tells where that
/// shows.
[[nodiscard]] std::optional<std::string> parse_base64(std::string_view text,
                                                      std::size_t* illegal_offset = nullptr);

}  // namespace umoci
