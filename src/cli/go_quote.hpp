// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace umoci::cli {

/// `text` in double quotes with escapes as Go writes them: \n and its like, \xHH, \uHHHH for what
/// cannot be seen.
[[nodiscard]] std::string go_quote(std::string_view text);

/// What else calls for quotes, besides characters that need an escape.
enum class QuoteWhen {
  escaped,         ///< nothing else
  blank,           ///< an empty text and white space
  blank_or_comma,  ///< a comma too: for values in a comma-separated line
};

/// `text` as it is if that is unmistakable, else quoted.
[[nodiscard]] std::string quote_if_needed(std::string_view text, QuoteWhen when);

}  // namespace umoci::cli
