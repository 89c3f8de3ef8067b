// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/json.hpp>

#include <umoci/base/utf8.hpp>

#include <algorithm>
#include <array>

namespace umoci::oci {
namespace {

enum class Layout { compact, indented };

/// The escape of an ASCII character that does not stand for itself.
std::string escape_of(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
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
    case '<':
      return "\\u003c";
    case '>':
      return "\\u003e";
    case '&':
      return "\\u0026";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  constexpr std::string_view digits = "0123456789abcdef";
  return std::string("\\u00") + digits[byte >> 4U] + digits[byte & 0xfU];
}

/// Characters that stand for themselves, but for those of several bytes.
constexpr std::array<bool, 256> make_plain_characters() {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain.at(byte) = true;
  for (const char c : {'"', '\\', '<', '>', '&'}) plain.at(static_cast<unsigned char>(c)) = false;
  return plain;
}

constexpr std::array<bool, 256> plain_characters = make_plain_characters();

std::size_t plain_length(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
    return plain_characters[static_cast<unsigned char>(c)];
  });
  return static_cast<std::size_t>(end - text.begin());
}

class Writer {
 public:
  explicit Writer(Layout layout) : layout_(layout) {}

  void write(const Json& value) {
    if (const bool* flag = value.if_bool()) {
      text_ += *flag ? "true" : "false";
    } else if (const Json::Number* number = value.if_number()) {
      text_ += number->text;
    } else if (const std::string* string = value.if_string()) {
      write_string(*string);
    } else if (const Json::Array* array = value.if_array()) {
      write_list('[', ']', *array, [this](const Json& element) { write(element); });
    } else if (const Json::Object* object = value.if_object()) {
      write_list('{', '}', *object, [this](const Json::Member& member) { write_member(member); });
    } else {
      text_ += "null";
    }
  }

  std::string take() { return std::move(text_); }

 private:
  template <class List, class WriteItem>
  void write_list(char open, char close, const List& list, WriteItem write_item) {
    text_ += open;
    ++level_;
    bool first = true;
    for (const auto& item : list) {
      if (!first) text_ += ',';
      first = false;
      break_line();
      write_item(item);
    }
    --level_;
    if (!list.empty()) break_line();
    text_ += close;
  }

  void write_member(const Json::Member& member) {
    write_string(member.first);
    text_ += layout_ == Layout::compact ? ":" : ": ";
    write(member.second);
  }

  void break_line() {
    if (layout_ == Layout::compact) return;
    text_ += '\n';
    text_.append(level_, '\t');
  }

  void write_string(std::string_view string) {
    text_ += '"';
    while (!string.empty()) {
      const std::size_t length = plain_length(string);
      text_ += string.substr(0, length);
      string.remove_prefix(length);
      if (!string.empty()) string.remove_prefix(write_character(string));
    }
    text_ += '"';
  }

  /// Writes the first character of `string`, no plain one; returns how many bytes it has.
  std::size_t write_character(std::string_view string) {
    const std::size_t length = utf8_length(string);
    if (length == 0) {
      text_ += "\\ufffd";
      return 1;
    }
    const std::string_view character = string.substr(0, length);
    if (length == 1) {
      text_ += escape_of(character.front());
    } else if (character == "\u2028") {
      text_ += "\\u2028";
    } else if (character == "\u2029") {
      text_ += "\\u2029";
    } else {
      text_ += character;
    }
    return length;
  }

  Layout layout_;
  std::string text_;
  std::size_t level_ = 0;
};

std::string write(const Json& value, Layout layout) {
  Writer writer(layout);
  writer.write(value);
  return writer.take();
}

}  // namespace

std::string Json::dump() const { return write(*this, Layout::compact); }

std::string Json::dump_indented() const { return write(*this, Layout::indented); }

}  // namespace umoci::oci
