// SPDX-License-Identifier: Apache-2.0
#pragma once

// Progress in words: for one line of a terminal, and for lines of a file.

#include <cli/progress/progress_view.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace umoci::cli {

/// "latest: layer 2 of 5, 40%, 12.3MB of 30.8MB, 4.1MB/s, 5s left", in at most `cells` of a
/// terminal. What matters least is left out first. `name` says whose progress it is; it may be any
/// bytes.
[[nodiscard]] std::string status_text(const ProgressView& view, std::string_view name,
                                      std::size_t cells);

/// The same however long it is, and with the number of entries in any case.
[[nodiscard]] std::string report_text(const ProgressView& view, std::string_view name);

/// "5s", "2m 05s", "1h 07m"; empty for more than four days, which nobody believes.
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

}  // namespace umoci::cli
