// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace umoci::cli {

/// True for what leaves a mark on paper, and for the blank. False for every other space, controls,
/// format characters, and code points that are private, no characters or not assigned. The answer
/// depends on no locale. Spec: Unicode 15.0; Go's strconv.IsPrint agrees.
[[nodiscard]] bool is_printable(char32_t point);

}  // namespace umoci::cli
