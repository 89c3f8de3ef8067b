// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/vis.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace umoci::mtree {
namespace {

void append_octal(std::string& out, unsigned char byte) {
  out += '\\';
  out += static_cast<char>('0' + (byte >> 6U));
  out += static_cast<char>('0' + ((byte >> 3U) & 7U));
  out += static_cast<char>('0' + (byte & 7U));
}

/// Reads one escape after another from a text; `position_` is behind the backslash.
class EscapeReader {
 public:
  EscapeReader(std::string_view text, std::size_t position) : text_(text), position_(position) {}

  /// The byte that the escape stands for; nullopt if it stands for nothing (a hidden line break).
  std::optional<char> read() {
    const char kind = take();
    if (kind >= '0' && kind <= '7') return octal(kind);
    switch (kind) {
      case '\n':
      case '$':
        return std::nullopt;
      case 'x':
        return hex();
      case '^':
        return control(take());
      case 'M':
        return meta();
      default:
        return letter(kind);
    }
  }

  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorKind::invalid_data, "unknown escape in " + quoted(text_));
  }

  char take() {
    if (position_ == text_.size()) fail();
    return text_[position_++];
  }

  char letter(char kind) const {
    constexpr std::string_view letters = "\\\"#abtnvfrsE";
    constexpr std::string_view bytes = "\\\"#\a\b\t\n\v\f\r \x1b";
    const std::size_t index = letters.find(kind);
    if (index == std::string_view::npos) fail();
    return bytes[index];
  }

  char octal(char first) {
    unsigned value = static_cast<unsigned>(first - '0');
    for (int digits = 1; digits < 3 && position_ < text_.size(); ++digits) {
      const char digit = text_[position_];
      if (digit < '0' || digit > '7') break;
      value = value * 8 + static_cast<unsigned>(digit - '0');
      ++position_;
    }
    if (value > 0377) fail();
    return static_cast<char>(value);
  }

  char hex() {
    unsigned value = 0;
    for (int digits = 0; digits < 2; ++digits) {
      constexpr std::string_view lower = "0123456789abcdef";
      constexpr std::string_view upper = "0123456789ABCDEF";
      const char digit = take();
      std::size_t nibble = lower.find(digit);
      if (nibble == std::string_view::npos) nibble = upper.find(digit);
      if (nibble == std::string_view::npos) fail();
      value = value * 16 + static_cast<unsigned>(nibble);
    }
    return static_cast<char>(value);
  }

  static char control(char letter) {
    return letter == '?' ? '\x7f' : static_cast<char>(static_cast<unsigned char>(letter) & 0x1fU);
  }

  char meta() {
    const char kind = take();
    if (kind != '-' && kind != '^') fail();
    const char low = kind == '-' ? take() : control(take());
    return static_cast<char>(static_cast<unsigned char>(low) | 0x80U);
  }

  std::string_view text_;
  std::size_t position_;
};

}  // namespace

std::string vis(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte <= 0x20 || byte >= 0x7f || c == '*' || c == '?' || c == '[' || c == '#') {
      append_octal(out, byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string vis_comment(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\') {
      append_octal(out, byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string unvis(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t position = 0;
  while (position < text.size()) {
    // Most names have no escape at all: they are copied in one piece.
    const std::size_t backslash = std::min(text.find('\\', position), text.size());
    out += text.substr(position, backslash - position);
    if (backslash == text.size()) break;
    EscapeReader escape(text, backslash + 1);
    if (const auto byte = escape.read()) out += *byte;
    position = escape.position();
  }
  return out;
}

}  // namespace umoci::mtree
