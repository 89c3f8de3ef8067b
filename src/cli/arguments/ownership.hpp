// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <umoci/layer/id_map.hpp>

#include <vector>

namespace umoci::cli {

[[nodiscard]] std::vector<Flag> ownership_flags();
/// With --rootless, ids without a map are those of the caller. Throws: invalid_argument for a
/// malformed mapping and for mappings of users or of groups alone.
[[nodiscard]] layer::Ownership ownership(const ParsedFlags& flags);

}  // namespace umoci::cli
