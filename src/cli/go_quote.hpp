// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace umoci::cli {

/// What calls for quotes.
enum class QuoteWhen {
  escaped,         ///< characters that need an escape
  blank,           ///< also an empty text and white space
  blank_or_comma,  ///< also a comma: for values in a comma-separated line
};

/// `text` as it is if that is unmistakable, else in double quotes with escapes as Go writes them:
/// \n and its like, \xHH, \uHHHH, \UHHHHHHHH for what cannot be seen.
[[nodiscard]] std::string quote_if_needed(std::string_view text, QuoteWhen when);

/// `text` with escapes for what cannot be seen, quotes and backslashes left alone: one line,
/// whatever the bytes are, of text that was put together from quoted pieces.
[[nodiscard]] std::string escape_invisible(std::string_view text);

}  // namespace umoci::cli
