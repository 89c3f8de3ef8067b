// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

enum class FlagKind {
  boolean,  ///< `--flag` or `--flag=true|false`, or `--flag=` and one of Flag::words
  single,   ///< one value, the last given counts
  list,     ///< every value given, in order, never split
};

enum class Presence { optional, required };

enum class FlagUse {
  heeded,
  ignored,  ///< taken so that command lines of old work, without any effect
};

/// What a shell can offer for a value.
enum class ValueHint {
  none,       ///< there is no value
  text,       ///< nothing: it can be anything
  file,       ///< names of files
  directory,  ///< names of directories
  layout,     ///< directories, those with a layout first of all
  image,      ///< a layout and, after a colon, its tags
  tag,        ///< tags of the layout that the line names
  choice,     ///< Flag::choices
};

struct Flag {
  std::string_view name;  ///< without dashes
  std::vector<std::string_view> aliases{};
  FlagKind kind = FlagKind::boolean;
  Presence presence = Presence::optional;
  std::string_view value_name{};    ///< for help; empty for booleans
  std::string_view description{};   ///< one line, for help
  std::string_view default_text{};  ///< for help; empty: none
  FlagUse use = FlagUse::heeded;
  ValueHint hint = ValueHint::none;
  /// Values, or beginnings of values that end in `=` or `:`; others may be possible, too.
  std::vector<std::string> choices{};
  std::string_view detail{};  ///< for the man page: what one line cannot say, in sentences
  /// Of a boolean: values that set it, too, and say how.
  std::vector<std::string> words{};
};

/// What stands behind the flag's name in help, such as " dir" or "[=subid]".
[[nodiscard]] std::string value_form(const Flag& flag);

/// The flags of one command line, under their main names.
class ParsedFlags {
 public:
  /// True if the flag was given at all, with whatever value.
  [[nodiscard]] bool given(std::string_view name) const;
  /// Of a boolean: its value, false if not given; true for one of its words.
  [[nodiscard]] bool is_set(std::string_view name) const;
  /// Of a single flag: its value; nullopt if not given. Of a boolean: "true", "false" or its word.
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  /// Of a list: all values.
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;

  void set(std::string_view name, FlagKind kind, std::string value);

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace umoci::cli
