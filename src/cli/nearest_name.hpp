// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace umoci::cli {

/// The name that `typed` was probably meant to be: the one that the fewest slips of the finger (a
/// letter too much, too little, wrong, or two exchanged) turn into it, the first of several.
/// nullopt if more than a third of the letters would have to be wrong.
[[nodiscard]] std::optional<std::string_view> nearest_name(std::string_view typed,
                                                           std::span<const std::string_view> names);

}  // namespace umoci::cli
