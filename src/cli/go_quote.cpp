// SPDX-License-Identifier: Apache-2.0
#include <cli/go_quote.hpp>

#include <umoci/base/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace umoci::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Code points that leave no mark: controls, format characters, spaces other than U+0020, private
/// use and noncharacters. Spec: Unicode 15 categories Cc, Cf, Co, Zs, Zl, Zp.
constexpr Range invisible[] = {
    {0x80, 0xa0},        {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},
    {0x6dd, 0x6dd},      {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},
    {0x1680, 0x1680},    {0x180e, 0x180e},   {0x2000, 0x200f},   {0x2028, 0x202f},
    {0x205f, 0x206f},    {0x3000, 0x3000},   {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},    {0xfff0, 0xfffb},   {0xfffe, 0xffff},   {0x110bd, 0x110bd},
    {0x110cd, 0x110cd},  {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0x10ffff},
};

bool is_visible(char32_t point) {
  return std::none_of(std::begin(invisible), std::end(invisible), [&](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

/// Decodes a well-formed sequence.
char32_t decode(std::string_view sequence) {
  const auto byte = [&](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(sequence[at]));
  };
  switch (sequence.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1fU) << 6U | (byte(1) & 0x3fU);
    case 3:
      return (byte(0) & 0x0fU) << 12U | (byte(1) & 0x3fU) << 6U | (byte(2) & 0x3fU);
    default:
      return (byte(0) & 0x07U) << 18U | (byte(1) & 0x3fU) << 12U | (byte(2) & 0x3fU) << 6U |
             (byte(3) & 0x3fU);
  }
}

std::string escape_ascii(char character) {
  switch (character) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
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
      break;
  }
  const auto byte = static_cast<unsigned char>(character);
  return byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, character);
}

std::string escape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (length == 1) {
      out += escape_ascii(text.front());
    } else if (const char32_t point = decode(text.substr(0, length)); is_visible(point)) {
      out += text.substr(0, length);
    } else {
      const auto value = static_cast<std::uint32_t>(point);
      out += value < 0x10000 ? fmt::format("\\u{:04x}", value) : fmt::format("\\U{:08x}", value);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace

std::string go_quote(std::string_view text) { return '"' + escape(text) + '"'; }

std::string quote_if_needed(std::string_view text, QuoteWhen when) {
  std::string escaped = escape(text);
  // White space other than the blank has been escaped.
  const bool blank = text.empty() || text.find(' ') != std::string_view::npos;
  const bool comma = text.find(',') != std::string_view::npos;
  const bool needed = escaped != text || (when != QuoteWhen::escaped && blank) ||
                      (when == QuoteWhen::blank_or_comma && comma);
  return needed ? '"' + escaped + '"' : escaped;
}

}  // namespace umoci::cli
