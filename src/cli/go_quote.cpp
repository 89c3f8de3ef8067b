// SPDX-License-Identifier: Apache-2.0
#include <cli/go_quote.hpp>

#include <cli/unicode_printable.hpp>
#include <umoci/base/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace umoci::cli {
namespace {

std::string escape_byte(char character) {
  switch (character) {
    case '\a':
      return "\\a";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\v':
      return "\\v";
    default:
      return fmt::format("\\x{:02x}", static_cast<unsigned char>(character));
  }
}

std::string escape_point(char32_t point) {
  const auto value = static_cast<std::uint32_t>(point);
  return value < 0x10000 ? fmt::format("\\u{:04x}", value) : fmt::format("\\U{:08x}", value);
}

enum class Delimiters { kept, escaped };

std::string escape(std::string_view text, Delimiters delimiters) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(sequence.size());
    const bool is_delimiter = sequence == "\"" || sequence == "\\";
    if (is_delimiter && delimiters == Delimiters::escaped) out += '\\';
    if (length > 0 && is_printable(utf8_decode(sequence))) {
      out += sequence;
    } else {
      out += length > 1 ? escape_point(utf8_decode(sequence)) : escape_byte(sequence.front());
    }
  }
  return out;
}

}  // namespace

std::string quote_if_needed(std::string_view text, QuoteWhen when) {
  const std::string escaped = escape(text, Delimiters::escaped);
  // White space other than the blank has been escaped.
  const bool blank = text.empty() || text.find(' ') != std::string_view::npos;
  const bool comma = text.find(',') != std::string_view::npos;
  const bool needed = escaped != text || (when != QuoteWhen::escaped && blank) ||
                      (when == QuoteWhen::blank_or_comma && comma);
  return needed ? '"' + escaped + '"' : escaped;
}

std::string escape_invisible(std::string_view text) { return escape(text, Delimiters::kept); }

}  // namespace umoci::cli
