// SPDX-License-Identifier: Apache-2.0
#include <cli/parse_line.hpp>

#include <cli/nearest_name.hpp>
#include <umoci/base/error.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace umoci::cli {
namespace {

std::optional<bool> parse_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 6> yes{"1", "t", "T", "TRUE", "true", "True"};
  constexpr std::array<std::string_view, 6> no{"0", "f", "F", "FALSE", "false", "False"};
  if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), text) != no.end()) return false;
  return std::nullopt;
}

class Parser {
 public:
  Parser(std::span<const Flag> table, std::span<const std::string> words)
      : table_(table), words_(words) {}

  ParsedLine parse(ParseMode mode) {
    while (!words_.empty() && line_.problem.empty()) {
      const std::string& word = words_.front();
      const bool is_flag = word.size() > 1 && word.front() == '-';
      if (!is_flag && mode == ParseMode::until_positional) break;
      words_ = words_.subspan(1);
      if (word == "--") break;
      if (is_flag) {
        parse_flag(word);
      } else {
        line_.positionals.push_back(word);
      }
    }
    line_.positionals.insert(line_.positionals.end(), words_.begin(), words_.end());
    return std::move(line_);
  }

 private:
  void parse_flag(std::string_view word) {
    const std::string_view body = word.substr(word.starts_with("--") ? 2 : 1);
    const std::size_t equals = body.find('=');
    const std::string_view name = body.substr(0, equals);
    if (name.empty() || name.front() == '-') {
      line_.problem = "bad flag syntax: " + std::string(word);
      return;
    }
    const Flag* flag = find(name);
    if (flag == nullptr) {
      line_.problem = "flag provided but not defined: -" + std::string(name);
      line_.suggestion = nearest(name);
      return;
    }
    const auto [spelling, fresh] = spellings_.emplace(flag->name, name);
    if (!fresh && spelling->second != name) {
      line_.problem =
          "cannot use two forms of the same flag: " + spelling->second + " " + std::string(name);
      return;
    }
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = body.substr(equals + 1);
    set(*flag, name, std::move(value));
  }

  void set(const Flag& flag, std::string_view name, std::optional<std::string> value) {
    if (flag.kind == FlagKind::boolean) {
      const auto boolean = value ? parse_boolean(*value) : std::optional(true);
      const bool is_word =
          value && std::find(flag.words.begin(), flag.words.end(), *value) != flag.words.end();
      if (!boolean && !is_word) {
        line_.problem = "invalid boolean value " + quoted(*value) + " for -" + std::string(name);
        return;
      }
      if (boolean) value = *boolean ? "true" : "false";
    } else if (!value) {
      if (words_.empty()) {
        line_.problem = "flag needs an argument: -" + std::string(name);
        return;
      }
      value = words_.front();
      words_ = words_.subspan(1);
    }
    line_.flags.set(flag.name, flag.kind, std::move(*value));
  }

  [[nodiscard]] const Flag* find(std::string_view name) const {
    const auto found = std::find_if(table_.begin(), table_.end(), [&](const Flag& flag) {
      return flag.name == name ||
             std::find(flag.aliases.begin(), flag.aliases.end(), name) != flag.aliases.end();
    });
    return found == table_.end() ? nullptr : &*found;
  }

  [[nodiscard]] std::string nearest(std::string_view typed) const {
    std::vector<std::string_view> names;
    for (const Flag& flag : table_) {
      names.push_back(flag.name);
      names.insert(names.end(), flag.aliases.begin(), flag.aliases.end());
    }
    return std::string(nearest_name(typed, names).value_or(""));
  }

  std::span<const Flag> table_;
  std::span<const std::string> words_;
  /// How each flag was spelled first: giving two spellings of one flag is a mistake.
  std::map<std::string_view, std::string> spellings_;
  ParsedLine line_;
};

}  // namespace

ParsedLine parse_line(std::span<const Flag> table, std::span<const std::string> words,
                      ParseMode mode) {
  return Parser(table, words).parse(mode);
}

}  // namespace umoci::cli
