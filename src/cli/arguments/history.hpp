// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <umoci/image/edit.hpp>
#include <umoci/image/history.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// `author`: whom the line names by default.
[[nodiscard]] std::vector<Flag> history_flags(
    image::DefaultAuthor author = image::DefaultAuthor::image);
/// Throws: invalid_argument if --no-history and a --history flag are both given, or --history.auto
/// and --history.created_by.
void check_history_conflict(const ParsedFlags& flags);
/// What the line of history shall say; nullopt with --no-history. `created_by` is the command, such
/// as "umoci repack"; --history.auto adds its words. Throws: invalid_argument for a malformed
/// --history.created or SOURCE_DATE_EPOCH.
[[nodiscard]] std::optional<image::HistoryRequest> history_request(const Invocation& line,
                                                                   std::string_view created_by);
/// The line for what is edited; nullopt for an artifact, too, which has no history. Throws:
/// unsupported for an artifact if a --history flag asks for a line.
[[nodiscard]] std::optional<oci::History> history_line(
    const ParsedFlags& flags, const std::optional<image::HistoryRequest>& request,
    const image::Edit& edit);

}  // namespace umoci::cli
