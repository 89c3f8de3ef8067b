// SPDX-License-Identifier: Apache-2.0
#pragma once

// What commands have in common. Groups of flags that several of them share have a file each in
// arguments/: the flags themselves, for the tables, and the functions that read them.

#include <cli/command.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// Throws invalid_argument unless there are exactly as many positional arguments as names, none of
/// them empty.
void require_positionals(const Invocation& line, const std::vector<std::string_view>& names);

/// --json of a command that reads. Spec: docs/formats/json-output.
[[nodiscard]] Flag json_flag();

/// All of them, one group after the other.
[[nodiscard]] std::vector<Flag> join_flags(std::vector<std::vector<Flag>> groups);

}  // namespace umoci::cli
