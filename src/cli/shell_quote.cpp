// SPDX-License-Identifier: Apache-2.0
#include <cli/shell_quote.hpp>

#include <cli/go_quote.hpp>
#include <umoci/base/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace umoci::cli {
namespace {

/// True for what no shell gives a meaning.
bool is_plain(char c) {
  constexpr std::string_view signs = "%+,-./:=@_";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         signs.find(c) != std::string_view::npos;
}

/// zsh looks for a program where a word begins with an equals sign.
bool is_plain(std::string_view word) {
  return !word.empty() && word.front() != '=' &&
         std::ranges::all_of(word, [](char c) { return is_plain(c); });
}

std::string in_single_quotes(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += R"('\'')";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string with_escapes(std::string_view word) {
  std::string out = "$'";
  while (!word.empty()) {
    const std::string_view character = word.substr(0, std::max<std::size_t>(utf8_length(word), 1));
    word.remove_prefix(character.size());
    if (character == "'" || character == "\\") {
      out += '\\';
      out += character;
    } else if (escape_invisible(character) == character) {
      out += character;
    } else {
      // Always three digits: what follows may be a digit, too.
      for (const char c : character) out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    }
  }
  return out + "'";
}

}  // namespace

std::string shell_quoted(std::string_view word) {
  if (is_plain(word)) return std::string(word);
  return escape_invisible(word) == word ? in_single_quotes(word) : with_escapes(word);
}

std::string shell_line(std::string_view command, std::span<const std::string> words) {
  std::string line(command);
  for (const std::string& word : words) line += ' ' + shell_quoted(word);
  return line;
}

}  // namespace umoci::cli
