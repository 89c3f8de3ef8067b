// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/store/ref_name.hpp>

#include <ostream>

namespace umoci::cli {
namespace {

void list(const Invocation& line) {
  const auto path = require_layout(line.flags);
  require_positionals(line, {});
  const store::Layout layout = open_layout(path, line.log);
  for (const auto& name : store::ref_names(layout.read_index())) line.io.out << name << '\n';
}

}  // namespace

Command list_command() {
  Command command;
  command.name = "list";
  command.aliases = {"ls"};
  command.category = Category::layout;
  command.summary = "list the tags in an OCI layout";
  command.description = "Prints the names of the images in a layout, one a line.";
  command.flags = layout_flags();
  command.run = list;
  return command;
}

}  // namespace umoci::cli
