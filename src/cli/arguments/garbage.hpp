// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <umoci/store/collect_garbage.hpp>

#include <vector>

namespace umoci::cli {

/// --dry-run, --keep and --min-age.
[[nodiscard]] std::vector<Flag> garbage_flags();
/// Throws: invalid_argument for malformed values; what reading a file of digests throws.
[[nodiscard]] store::CollectOptions collect_options(const Invocation& line);

}  // namespace umoci::cli
