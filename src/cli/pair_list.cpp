// SPDX-License-Identifier: Apache-2.0
#include <cli/pair_list.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace umoci::cli {
namespace {

[[noreturn]] void fail(const std::string& why) { throw Error(ErrorKind::invalid_data, why); }

bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }
bool is_octal(char byte) { return byte >= '0' && byte <= '7'; }

bool is_letter_or_digit(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

/// Cuts the character behind a backslash off `rest`.
char take_escaped(std::string_view& rest) {
  if (rest.empty()) fail("a backslash has nothing behind it");
  const char first = rest.front();
  if (is_octal(first)) {
    const std::string_view digits = rest.substr(0, 3);
    if (digits.size() < 3 || !std::ranges::all_of(digits, is_octal) || first > '3') {
      fail(fmt::format("{} is not three octal digits of a byte", quoted(digits)));
    }
    rest.remove_prefix(3);
    return static_cast<char>((first - '0') << 6 | (digits[1] - '0') << 3 | (digits[2] - '0'));
  }
  rest.remove_prefix(1);
  if (first == 'n') return '\n';
  if (first == 't') return '\t';
  if (is_letter_or_digit(first)) {
    fail(fmt::format("{} has no meaning", quoted(fmt::format("\\{}", first))));
  }
  return first;
}

/// Cuts a word and the blanks behind it off `rest`.
std::string take_word(std::string_view& rest) {
  std::string word;
  while (!rest.empty() && !is_blank(rest.front())) {
    char byte = rest.front();
    rest.remove_prefix(1);
    if (byte == '\\') byte = take_escaped(rest);
    if (byte == '\0') fail("a path cannot have a NUL byte");
    word += byte;
  }
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  return word;
}

std::pair<std::string, std::string> parse_pair(std::string_view line) {
  std::string first = take_word(line);
  if (line.empty()) fail("there is no second word");
  std::string second = take_word(line);
  if (!line.empty()) fail("there are more than two words");
  return {std::move(first), std::move(second)};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    if (line.empty() || line.front() == '#') continue;
    pairs.push_back(in_context([&] { return fmt::format("line {}", number); },
                               [&] { return parse_pair(line); }));
  }
  return pairs;
}

}  // namespace umoci::cli
