// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>
#include <cli/run.hpp>

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string_view>

namespace umoci::cli {

/// Where help is printed.
struct HelpPage {
  std::ostream& out;
  /// Lines are no longer, as far as names of flags let them.
  std::size_t columns = 100;
};

/// A page for standard output: as wide as the terminal that it is, 100 columns at most.
[[nodiscard]] HelpPage help_page(const Io& io);

/// The help of the program: all listed commands and the global flags.
void print_application_help(HelpPage page, std::span<const Command> commands,
                            std::span<const Flag> global_flags);

/// How much of a command's help is wanted.
enum class HelpDetail {
  all,
  flags,  ///< nothing behind the list of flags: for somebody who mistyped one
};

/// The help of one command. `name` is what is typed: "unpack", "raw add-layer".
void print_command_help(HelpPage page, std::string_view name, const Command& command,
                        HelpDetail detail = HelpDetail::all);

/// The help of a group of commands.
void print_group_help(HelpPage page, const Command& group);

}  // namespace umoci::cli
