// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/commands/commands.hpp>
#include <cli/go_quote.hpp>

#include <umoci/store/ref_name.hpp>

#include <ostream>

namespace umoci::cli {
namespace {

void list(const Invocation& line) {
  const auto argument = require_layout(line.flags);
  require_positionals(line, {});
  const store::Layout layout = open_layout(argument.path, line);
  for (const auto& name : store::ref_names(layout.read_index())) {
    if (argument.tag && name != *argument.tag) continue;
    // A program gets the bytes; a terminal must not be steered by them.
    line.io.out << (line.io.out_is_terminal ? escape_invisible(name) : name) << '\n';
  }
}

}  // namespace

Command list_command() {
  Command command;
  command.name = "list";
  command.aliases = {"ls"};
  command.category = Category::layout;
  command.summary = "list the tags in an OCI layout";
  command.description =
      "Prints the names of the images in a layout, one a line. With --image PATH:TAG only that "
      "name, "
      "if it is there.";
  command.flags = join_flags({layout_flags(), limit_flags()});
  command.run = list;
  return command;
}

}  // namespace umoci::cli
