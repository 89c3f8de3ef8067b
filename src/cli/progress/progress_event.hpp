// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/progress/progress_view.hpp>

#include <umoci/base/log.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// What of a phase an event tells.
enum class ProgressMoment { begin, step, progress, end };

/// One line with one JSON object and the newline behind it. Spec: docs/formats/progress.md.
[[nodiscard]] std::string progress_event(ProgressMoment moment, const ProgressView& view);

/// The same of a message: programs that read events shall meet nothing else.
[[nodiscard]] std::string message_event(LogLevel level, std::string_view message,
                                        const std::vector<LogField>& fields);

}  // namespace umoci::cli
