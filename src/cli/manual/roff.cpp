// SPDX-License-Identifier: Apache-2.0
#include <cli/manual/roff.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace umoci::cli {
namespace {

/// Without what depends on where in a line it stands.
void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    if (byte >= 0xC0) {
      length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
      std::uint32_t code = byte & (0x7FU >> length);
      for (const char next : text.substr(1, length - 1)) {
        code = code << 6U | (static_cast<unsigned char>(next) & 0x3FU);
      }
      out += fmt::format("\\[u{:04X}]", code);
    } else if (byte == '\\') {
      out += "\\e";
    } else if (byte == '-') {
      out += "\\-";
    } else if (byte == '\'') {
      out += "\\(aq";
    } else if (byte == '`') {
      out += "\\(ga";
    } else if (byte == '^') {
      out += "\\(ha";
    } else if (byte == '~') {
      out += "\\(ti";
    } else {
      out += text.front();
    }
    text.remove_prefix(std::min(length, text.size()));
  }
}

bool is_flag_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' ||
         c == '=';
}

/// How much of the beginning of `text` is a flag such as --log=info; 0 if it is none.
std::size_t flag_length(std::string_view text) {
  if (!text.starts_with("--") || text.size() < 3 || text[2] < 'a' || text[2] > 'z') return 0;
  std::size_t length = 3;
  while (length < text.size() && is_flag_character(text[length])) ++length;
  while (text[length - 1] == '.') --length;
  return length;
}

/// How much of the beginning of `text` is a name before "(8)"; 0 if it is none.
std::size_t page_name_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_flag_character(text[length])) ++length;
  const std::string_view rest = text.substr(length);
  const bool is_page = length > 1 && rest.size() >= 3 && rest[0] == '(' && rest[1] >= '1' &&
                       rest[1] <= '8' && rest[2] == ')';
  return is_page ? length : 0;
}

/// The word between < and >; empty if there is none.
std::string_view placeholder(std::string_view text) {
  const std::size_t end = text.find('>');
  if (!text.starts_with('<') || end == std::string_view::npos) return {};
  const std::string_view word = text.substr(1, end - 1);
  return word.find_first_of(" <") == std::string_view::npos ? word : std::string_view{};
}

}  // namespace

std::string roff_escaped(std::string_view text) {
  std::string out;
  // Elsewhere in a line a dot means nothing.
  if (text.starts_with('.')) out = "\\&";
  append_escaped(out, text);
  return out;
}

std::string roff_marked(std::string_view text) {
  std::string out;
  const auto put = [&](char font, std::string_view piece, std::size_t consumed) {
    out += fmt::format("\\f{}", font);
    append_escaped(out, piece);
    out += "\\fR";
    text.remove_prefix(consumed);
  };
  bool at_word = true;
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t code_end = c == '`' ? text.find('`', 1) : std::string_view::npos;
    if (code_end != std::string_view::npos) {
      put('B', text.substr(1, code_end - 1), code_end + 1);
    } else if (const auto word = placeholder(text); !word.empty()) {
      put('I', word, word.size() + 2);
    } else if (const std::size_t flag = at_word ? flag_length(text) : 0; flag > 0) {
      put('B', text.substr(0, flag), flag);
    } else if (const std::size_t name = at_word ? page_name_length(text) : 0; name > 0) {
      put('B', text.substr(0, name), name);
    } else {
      std::size_t length = 1;  // a whole character
      while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
        ++length;
      }
      append_escaped(out, text.substr(0, length));
      text.remove_prefix(length);
    }
    at_word = c == ' ' || c == '(' || c == '"';
  }
  return out;
}

RoffPage::RoffPage(std::string_view title, std::string_view date, std::string_view source) {
  text_ = fmt::format(
      ".\\\" Made from the program's table of flags and from docs/man when it was built.\n"
      ".TH {} 1 \"{}\" \"{}\" \"User Commands\"\n"
      // Names of flags are easier to find in lines that are not stretched.
      ".nh\n.ad l\n",
      roff_escaped(title), date, source);
}

void RoffPage::section(std::string_view title) {
  text_ += fmt::format(".SH {}\n", title);
  section_is_empty_ = true;
}

void RoffPage::begin_paragraph() {
  if (!section_is_empty_) text_ += ".PP\n";
  section_is_empty_ = false;
}

void RoffPage::paragraph(std::string_view sentences) {
  begin_paragraph();
  fill(sentences);
}

void RoffPage::item(std::string_view term, std::string_view sentences) {
  text_ += fmt::format(".TP\n{}\n", term);
  fill(sentences);
  section_is_empty_ = false;
}

void RoffPage::bullet(std::string_view sentences) {
  text_ += ".IP \\(bu 2\n";
  fill(sentences);
  section_is_empty_ = false;
}

void RoffPage::example(std::string_view lines) {
  begin_paragraph();
  text_ += ".EX\n";
  while (true) {
    const std::size_t end = lines.find('\n');
    text_ += roff_escaped(lines.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
  }
  text_ += ".EE\n";
}

/// A sentence begins a line, and lines are short: roff sets them anew.
void RoffPage::fill(std::string_view sentences) {
  constexpr std::size_t width = 76;
  const std::string marked = roff_marked(sentences);
  std::string_view rest = marked;
  std::string line;
  const auto end_line = [&] {
    if (line.empty()) return;
    if (line.front() == '.') line.insert(0, "\\&");
    text_ += line + "\n";
    line.clear();
  };
  while (!rest.empty()) {
    const std::size_t space = rest.find(' ');
    const std::string_view word = rest.substr(0, space);
    rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    if (word.empty()) continue;
    if (line.size() + 1 + word.size() > width) end_line();
    line += line.empty() ? "" : " ";
    line += word;
    if (word.ends_with('.') || word.ends_with('?')) end_line();
  }
  end_line();
}

}  // namespace umoci::cli
