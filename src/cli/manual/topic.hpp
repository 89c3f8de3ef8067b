// SPDX-License-Identifier: Apache-2.0
#pragma once

// The manual: man pages and shell completion, written from the table of commands when the program
// is built. It must not know what commands do. Read first: topic.hpp, man_page.hpp.

#include <cli/command.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// What the manual is made from.
struct Manual {
  std::vector<Command> commands;
  std::vector<Flag> global_flags;
};

/// A command that has a man page, or a group of them.
struct Topic {
  std::string name;  ///< as it is typed after "umoci": "unpack", "raw add-layer"
  const Command* command;
};

/// All of them, each group before its commands. They refer to `commands`.
[[nodiscard]] std::vector<Topic> topics(const std::vector<Command>& commands);

/// "-v" of "v", "--image" of "image".
[[nodiscard]] std::string dashed(std::string_view name);

/// All spellings of a flag, with their dashes.
[[nodiscard]] std::vector<std::string> spellings(const Flag& flag);

/// The names that a shell offers: those of all listed commands, with their aliases.
[[nodiscard]] std::vector<std::string> offered_names(const std::vector<Command>& commands);

}  // namespace umoci::cli
