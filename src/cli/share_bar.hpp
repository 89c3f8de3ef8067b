// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/screen.hpp>

#include <cstddef>
#include <string>

namespace umoci::cli {

/// A bar that fills `share` (0 to 1) of so many cells, in eighths of one, or halves in ASCII. What
/// is more than nothing shows; trailing blanks are left out.
[[nodiscard]] std::string share_bar(double share, std::size_t cells, CharacterSet characters);

}  // namespace umoci::cli
