// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <vector>

namespace umoci::cli {

/// The flags of the program itself, which may stand before the command and behind it.
[[nodiscard]] std::vector<Flag> global_flags();

}  // namespace umoci::cli
