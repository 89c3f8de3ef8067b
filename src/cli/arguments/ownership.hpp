// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <umoci/layer/id_map.hpp>

#include <vector>

namespace umoci::cli {

[[nodiscard]] std::vector<Flag> ownership_flags();
/// With --rootless, a kind of id without a map gets one from 0 to the caller's own. Throws:
/// invalid_argument for malformed and overlapping mappings.
[[nodiscard]] layer::Ownership ownership(const ParsedFlags& flags);

}  // namespace umoci::cli
