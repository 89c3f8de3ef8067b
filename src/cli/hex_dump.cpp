// SPDX-License-Identifier: Apache-2.0
#include <cli/hex_dump.hpp>

#include <cli/unicode_printable.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

constexpr std::size_t shown_bytes = 256;
constexpr std::size_t row_bytes = 16;
constexpr unsigned char no_break_space = 0xa0;

/// The Latin-1 character `byte`, in UTF-8.
std::string latin1(unsigned char byte) {
  // Go, whose umoci writes the same dump, counts the no-break space among the graphic characters.
  if (!is_printable(byte) && byte != no_break_space) return ".";
  if (byte < 0x80) return {static_cast<char>(byte)};
  return {static_cast<char>(0xc0U | static_cast<unsigned>(byte >> 6U)),
          static_cast<char>(0x80U | (byte & 0x3fU))};
}

std::string row(std::size_t offset, std::string_view bytes) {
  std::string hex;
  std::string text;
  for (std::size_t i = 0; i < row_bytes; ++i) {
    if (i > 0 && i % 2 == 0) hex += ' ';
    if (i >= bytes.size()) {
      hex += "  ";
      continue;
    }
    const auto byte = static_cast<unsigned char>(bytes[i]);
    hex += fmt::format("{:02x}", byte);
    text += latin1(byte);
  }
  return fmt::format("{:04x}: {}  {}", offset, hex, text);
}

}  // namespace

std::vector<std::string> hex_dump(std::string_view data) {
  std::vector<std::string> lines;
  const std::string_view shown = data.substr(0, shown_bytes);
  for (std::size_t at = 0; at < shown.size(); at += row_bytes) {
    lines.push_back(row(at, shown.substr(at, row_bytes)));
  }
  if (data.size() > shown_bytes) {
    lines.push_back(fmt::format("....  (extra {} bytes omitted)", data.size() - shown_bytes));
  }
  return lines;
}

}  // namespace umoci::cli
