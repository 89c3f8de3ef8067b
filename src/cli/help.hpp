// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <iosfwd>
#include <span>
#include <string_view>

namespace umoci::cli {

/// The help of the program: all listed commands and the global flags.
void print_application_help(std::ostream& out, std::span<const Command> commands,
                            std::span<const Flag> global_flags);

enum class HelpDetail {
  all,
  flags,  ///< nothing behind the list of flags: for somebody who mistyped one
};

/// The help of one command. `name` is what is typed: "unpack", "raw add-layer".
void print_command_help(std::ostream& out, std::string_view name, const Command& command,
                        HelpDetail detail = HelpDetail::all);

/// The help of a group of commands.
void print_group_help(std::ostream& out, const Command& group);

}  // namespace umoci::cli
