// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/commands/commands.hpp>
#include <cli/go_quote.hpp>
#include <cli/index_report.hpp>

#include <umoci/store/ref_name.hpp>

#include <ostream>

namespace umoci::cli {
namespace {

void list(const Invocation& line) {
  const auto argument = require_layout(line.flags);
  require_positionals(line, {});
  oci::Index index = open_layout(argument.path, line).read_index();
  if (argument.tag) {
    std::erase_if(index.manifests,
                  [&](const oci::Descriptor& entry) { return entry.ref_name() != argument.tag; });
  }
  if (line.flags.is_set("json")) return print_json(line.io, index);
  for (const auto& name : store::ref_names(index)) {
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
      "name, if it is there. --json tells of every entry of the index, also of those without a "
      "name, what the index says of it.";
  command.flags = join_flags({layout_flags(), {json_flag()}, limit_flags()});
  command.run = list;
  return command;
}

}  // namespace umoci::cli
