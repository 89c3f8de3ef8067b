// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ways in which tar dialects write numbers. Each parser answers nothing for text that is
// malformed or out of range; its caller knows which field to blame.

#include <umoci/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace umoci::tar {

/// Octal digits surrounded by blanks and NULs; none at all are zero. What follows an inner NUL does
/// not count.
[[nodiscard]] std::optional<std::int64_t> parse_octal(std::string_view field);

/// As parse_octal(), or, if the top bit is set, a big-endian two's complement number in the bits
/// after it. Spec: GNU tar manual, "Extensions".
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view field);

/// `-?[0-9]+`.
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text);

/// Seconds `-?[0-9]+` with an optional fraction, of which nine digits count.
[[nodiscard]] std::optional<Time> parse_pax_time(std::string_view text);

}  // namespace umoci::tar
