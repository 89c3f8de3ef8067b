// SPDX-License-Identifier: Apache-2.0
#pragma once

// The table that drives parsing, help, man pages and completion: what commands there are and which
// flags they take. One file in commands/ per command says both what it takes and what it does.

#include <cli/flags.hpp>
#include <cli/run.hpp>
#include <cli/status_line.hpp>
#include <umoci/base/log.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// What a command works with once its line was parsed.
struct Invocation {
  const ParsedFlags& flags;
  const std::vector<std::string>& positionals;
  Io& io;
  Log& log;
  StatusLine& status_line;
  /// The line behind the command's name, as it was typed.
  std::span<const std::string> words = {};
};

/// Under which headline help lists a command.
enum class Category {
  none,
  image,
  layout,
  devtools,  ///< not in any list
};
/// Whether lists of commands show it; it can be called all the same.
enum class Visibility { listed, hidden };

/// A command or a group of commands.
struct Command {
  std::string_view name;
  std::vector<std::string_view> aliases;
  Category category = Category::none;
  Visibility visibility = Visibility::listed;
  std::string_view summary;  ///< one line, for lists
  std::string_view usage;    ///< the positional arguments, such as "<bundle>"
  /// What a shell can offer for each of them.
  std::vector<ValueHint> positional_hints;
  std::string_view description;  ///< paragraphs for the command's own help
  std::vector<Flag> flags;
  /// Checks the arguments, then does the work. Errors are umoci::Error.
  std::function<void(const Invocation&)> run;
  /// In place of `run`, of a command that answers a question by its exit status: returns it. Where
  /// the line is wrong the status is 2 then, and 3 where there is no answer.
  std::function<int(const Invocation&)> judge;
  /// Of a group such as `raw`, which then does nothing itself.
  std::vector<Command> subcommands;
};

/// The command of that name or alias; nullptr if there is none.
[[nodiscard]] const Command* find_command(const std::vector<Command>& commands,
                                          std::string_view name);

}  // namespace umoci::cli
