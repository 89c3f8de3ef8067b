// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/path_glob.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/utf8.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace umoci::tree {
namespace {

/// Cuts one character off: a UTF-8 sequence, or one byte that begins none, which equals no code
/// point.
char32_t next_character(std::string_view& rest) {
  constexpr char32_t first_beyond_unicode = 0x110000;
  const std::size_t length = utf8_length(rest);
  const char32_t character = length == 0
                                 ? first_beyond_unicode + static_cast<unsigned char>(rest.front())
                                 : utf8_decode(rest.substr(0, length));
  rest.remove_prefix(std::max<std::size_t>(length, 1));
  return character;
}

std::vector<char32_t> characters_of(std::string_view text) {
  std::vector<char32_t> characters;
  while (!text.empty()) characters.push_back(next_character(text));
  return characters;
}

}  // namespace

/// Of one pattern.
class PathGlob::Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_(pattern), rest_(pattern) {}

  std::vector<Component> parse() {
    if (pattern_.size() > longest_bytes) {
      fail("is longer than " + std::to_string(longest_bytes) + " bytes");
    }
    if (pattern_.find('\0') != std::string_view::npos) fail("contains a NUL byte");
    std::vector<Component> components;
    while (!rest_.empty()) {
      const std::string_view begin = rest_;
      Component component = parse_component();
      const std::string_view text = begin.substr(0, begin.size() - rest_.size());
      if (rest_.starts_with('/')) rest_.remove_prefix(1);
      if (text.empty() || text == ".") continue;
      if (text == "..") fail("has \"..\" in it");
      // Several of them in a row say no more than one.
      if (component.is_any_number && !components.empty() && components.back().is_any_number) {
        continue;
      }
      components.push_back(std::move(component));
    }
    if (components.empty()) fail("names nothing");
    return components;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(ErrorKind::invalid_argument, "pattern " + quoted(pattern_) + " " + why);
  }

  /// Up to the next slash, which is left.
  Component parse_component() {
    Component component;
    while (!rest_.empty() && rest_.front() != '/') component.tokens.push_back(parse_token());
    const auto two_stars = [](const Token& one, const Token& next) {
      return one.kind == Kind::any_run && next.kind == Kind::any_run;
    };
    const auto& tokens = component.tokens;
    if (std::ranges::adjacent_find(tokens, two_stars) != tokens.end()) {
      if (tokens.size() > 2) fail("has \"**\" beside other characters");
      component.is_any_number = true;
    }
    return component;
  }

  Token parse_token() {
    const char32_t character = next_character(rest_);
    switch (character) {
      case U'*':
        return {.kind = Kind::any_run};
      case U'?':
        return {.kind = Kind::any_character};
      case U'[':
        return parse_set();
      case U'\\':
        return {.character = parse_escaped()};
      default:
        return {.character = character};
    }
  }

  char32_t parse_escaped() {
    if (rest_.empty() || rest_.front() == '/') fail("has a backslash with nothing after it");
    return next_character(rest_);
  }

  Token parse_set() {
    Token set{.kind = Kind::set};
    if (rest_.starts_with('!') || rest_.starts_with('^')) {
      set.is_negated = true;
      rest_.remove_prefix(1);
    }
    // A bracket that comes first is a member: "[]a]".
    while (set.ranges.empty() || !rest_.starts_with(']')) {
      const char32_t first = parse_member();
      char32_t last = first;
      if (rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
        rest_.remove_prefix(1);
        last = parse_member();
        if (last < first) fail("has a range that ends before it begins");
      }
      set.ranges.push_back({.first = first, .last = last});
    }
    rest_.remove_prefix(1);
    return set;
  }

  char32_t parse_member() {
    if (rest_.empty() || rest_.front() == '/') fail("has a \"[\" without its \"]\"");
    const char32_t character = next_character(rest_);
    return character == U'\\' ? parse_escaped() : character;
  }

  std::string_view pattern_;
  std::string_view rest_;
};

PathGlob PathGlob::parse(std::string_view pattern) {
  PathGlob glob;
  glob.components_ = Parser(pattern).parse();
  return glob;
}

bool PathGlob::matches(const Token& token, char32_t character) {
  switch (token.kind) {
    case Kind::character:
      return token.character == character;
    case Kind::set: {
      const bool is_member = std::ranges::any_of(token.ranges, [&](const Range& range) {
        return range.first <= character && character <= range.last;
      });
      return is_member != token.is_negated;
    }
    default:
      return true;
  }
}

/// When what follows a star does not match, only the last star can take one character more: what
/// earlier ones took was the least, which leaves the most for the rest.
bool PathGlob::matches(const std::vector<Token>& tokens, const std::vector<char32_t>& name) {
  std::size_t token = 0;
  std::size_t at = 0;
  struct Retry {
    std::size_t token;
    std::size_t at;
  };
  std::optional<Retry> retry;
  while (at < name.size()) {
    if (token < tokens.size() && tokens[token].kind == Kind::any_run) {
      retry = Retry{.token = ++token, .at = at};
    } else if (token < tokens.size() && matches(tokens[token], name[at])) {
      ++token;
      ++at;
    } else if (retry) {
      token = retry->token;
      at = ++retry->at;
    } else {
      return false;
    }
  }
  return std::all_of(tokens.begin() + static_cast<std::ptrdiff_t>(token), tokens.end(),
                     [](const Token& rest) { return rest.kind == Kind::any_run; });
}

bool PathGlob::covers(const TreePath& path) const {
  // How many components of the pattern may lie behind us after those of the path so far.
  std::vector<bool> reached(components_.size() + 1);
  const auto pass_over_any_number = [&] {
    for (std::size_t i = 0; i < components_.size(); ++i) {
      // The last one stands for one component at least.
      if (reached[i] && components_[i].is_any_number && i + 1 < components_.size()) {
        reached[i + 1] = true;
      }
    }
  };
  reached[0] = true;
  std::string_view rest = path.text();
  while (!rest.empty()) {
    pass_over_any_number();
    const std::vector<char32_t> name = characters_of(next_component(rest));
    std::vector<bool> next(reached.size());
    for (std::size_t i = 0; i < components_.size(); ++i) {
      if (!reached[i]) continue;
      if (components_[i].is_any_number) {
        next[i] = true;
        if (i + 1 == components_.size()) return true;
      } else if (matches(components_[i].tokens, name)) {
        next[i + 1] = true;
      }
    }
    if (next.back()) return true;
    reached = std::move(next);
  }
  return false;
}

}  // namespace umoci::tree
