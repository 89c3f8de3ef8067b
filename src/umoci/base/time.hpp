// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace umoci {

/// A point in time as file systems and tar headers store it: whole seconds since 1970-01-01 UTC,
/// rounded down (negative before), plus 0 to 999,999,999 nanoseconds.
struct Time {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;

  friend constexpr auto operator<=>(const Time&, const Time&) = default;
};

}  // namespace umoci
