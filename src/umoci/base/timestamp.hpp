// SPDX-License-Identifier: Apache-2.0
#pragma once

// Dates as JSON documents and command lines write them (RFC 3339).

#include <umoci/base/time.hpp>

#include <string>
#include <string_view>

namespace umoci {

/// A point in time and the zone offset it was written with.
struct Timestamp {
  Time time;
  int offset_minutes = 0;  ///< east of UTC, -1439 to 1439

  friend bool operator==(const Timestamp&, const Timestamp&) = default;
};

/// Parses `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`; upper-case T and Z; `,` is accepted as the
/// fraction mark, a one-digit hour too; more than nine fraction digits are cut off; no leap second,
/// no hour 24. Throws: invalid_argument. Spec: RFC 3339 5.6 (narrowed), image-spec config.md.
[[nodiscard]] Timestamp parse_timestamp(std::string_view text);

/// Formats with the stored offset (`Z` if zero) and up to nine fraction digits without trailing
/// zeros. Throws: invalid_argument if the year, in that zone, lies outside 0 to 9999.
[[nodiscard]] std::string format_timestamp(const Timestamp& timestamp);

}  // namespace umoci
