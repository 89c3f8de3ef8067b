// SPDX-License-Identifier: Apache-2.0
#pragma once

// How commands share a layout with others that work on it at the same time.

#include <cli/command.hpp>

#include <umoci/store/layout.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// The exit status if somebody else was faster, for those who asked by --if-match or
/// --lock-timeout.
inline constexpr int exit_conflict = 4;

/// The name of the flag, by which the manual knows the commands that have a status for conflicts.
inline constexpr std::string_view lock_timeout_flag = "lock-timeout";

/// --lock-timeout, for every command that waits for locks.
[[nodiscard]] std::vector<Flag> lock_flags();
/// --no-sync, for those that write to a layout.
[[nodiscard]] std::vector<Flag> sync_flags();
/// --dry-run, for those that change a layout.
[[nodiscard]] Flag dry_run_flag();
/// All that commands have that give a name a new meaning: the three, and --if-match.
[[nodiscard]] std::vector<Flag> change_flags();

/// True if the line asks for a status of its own for conflicts.
[[nodiscard]] bool tells_conflicts(const ParsedFlags& flags);

/// True if the line only asks what would change.
[[nodiscard]] bool is_foreseen(const ParsedFlags& flags);

/// What --no-sync and UMOCI_NO_SYNC=1 say.
[[nodiscard]] fs::Durability durability(const Invocation& line);

/// How the line wants layouts to be worked with, but for --if-match. Throws: invalid_argument for a
/// malformed flag.
[[nodiscard]] store::LayoutOptions layout_options(const Invocation& line);

/// Opens a layout that logs where the command does, stops when it shall, keeps to the limits of
/// --limit and waits for locks as long as --lock-timeout says; with --dry-run changes of it are
/// only foreseen. Throws: invalid_argument for a malformed flag, before it looks at the layout.
[[nodiscard]] store::Layout open_layout(const std::filesystem::path& path, const Invocation& line);

/// The same for a command that makes `tag` mean something else. What it reads from now on stays
/// there until the index is changed; --if-match is looked at now and again when that happens.
/// Throws: conflict if it does not hold.
[[nodiscard]] store::Layout open_layout_to_change(const std::filesystem::path& path,
                                                  const std::string& tag, const Invocation& line);

}  // namespace umoci::cli
