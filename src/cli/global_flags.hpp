// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <vector>

namespace umoci::cli {

/// The flags of the program itself, which may stand before the command and behind it.
[[nodiscard]] std::vector<Flag> global_flags();

/// The flag that every command has; run() answers it.
[[nodiscard]] Flag help_flag();

/// All that a command with these flags takes: they, those of the program that it has not got
/// itself, and --help.
[[nodiscard]] std::vector<Flag> with_global_flags(std::vector<Flag> flags);

}  // namespace umoci::cli
