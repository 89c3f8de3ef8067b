// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/run.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::cli {

/// SOURCE_DATE_EPOCH in seconds; nullopt if it is unset or empty. Throws: invalid_argument.
[[nodiscard]] std::optional<std::int64_t> source_date_epoch(const Io& io);
/// SOURCE_DATE_EPOCH, in UTC, or else the present time, as RFC 3339 text. Throws: invalid_argument.
[[nodiscard]] std::string creation_time(const Io& io);
/// The time given to `flag`, in its normal form; "now" is creation_time(). Throws: invalid_argument
/// naming the flag.
[[nodiscard]] std::string parse_time_flag(std::string_view flag, const std::string& value,
                                          const Io& io);

}  // namespace umoci::cli
