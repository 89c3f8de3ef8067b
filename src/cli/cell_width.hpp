// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much of a terminal's line a text takes. The answers depend on no locale; where terminals do
// not agree they are the larger ones, so that no line gets longer than it was meant to be.

#include <cstddef>
#include <string>
#include <string_view>

namespace umoci::cli {

/// Cells of a printable character: 2 for wide ones, 0 for what is drawn over the character before
/// it. Spec: Unicode 15.0, UAX 11.
[[nodiscard]] std::size_t cell_width(char32_t point);

/// Cells of a printable text; a byte that is no UTF-8 counts as one.
[[nodiscard]] std::size_t cell_width(std::string_view text);

/// As much of the beginning of `text` as fits in `cells`, no character cut in two.
[[nodiscard]] std::string_view cut_to_cells(std::string_view text, std::size_t cells);

/// `text` if it fits, else its beginning and `ellipsis`, or as much of both as fits.
[[nodiscard]] std::string cut_to_cells(std::string_view text, std::size_t cells,
                                       std::string_view ellipsis);

}  // namespace umoci::cli
