// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <umoci/store/collect_garbage.hpp>

#include <vector>

namespace umoci::cli {

/// What is removed, what stays although nothing leads to it, and whether anything is removed at
/// all.
[[nodiscard]] std::vector<Flag> garbage_flags();
/// Throws: invalid_argument for malformed values; what reading a file of digests throws.
[[nodiscard]] store::CollectOptions collect_options(const Invocation& line);

}  // namespace umoci::cli
