// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/commands.hpp>

#include <algorithm>

namespace umoci::cli {
namespace {

Command raw_group() {
  Command raw;
  raw.name = "raw";
  raw.summary = "advanced internal image tooling";
  raw.subcommands.push_back(raw_add_layer_command());
  raw.subcommands.push_back(raw_runtime_config_command());
  raw.subcommands.push_back(raw_unpack_command());
  raw.subcommands.push_back(raw_mtree_validate_command());
  return raw;
}

/// Only listed: run() answers it before it looks for commands.
Command help_command() {
  Command help;
  help.name = "help";
  help.aliases = {"h"};
  help.summary = "show the list of commands, or the help of one";
  return help;
}

}  // namespace

std::vector<Command> all_commands() {
  std::vector<Command> commands;
  commands.push_back(raw_group());
  commands.push_back(help_command());
  commands.push_back(config_command());
  commands.push_back(unpack_command());
  commands.push_back(repack_command());
  commands.push_back(new_command());
  commands.push_back(tag_command());
  commands.push_back(remove_command());
  commands.push_back(stat_command());
  commands.push_back(insert_command());
  commands.push_back(gc_command());
  commands.push_back(init_command());
  commands.push_back(list_command());
  commands.push_back(validate_command());
  commands.push_back(fsck_command());
  return commands;
}

const Command* find_command(const std::vector<Command>& commands, std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& command) {
    return command.name == name ||
           std::find(command.aliases.begin(), command.aliases.end(), name) != command.aliases.end();
  });
  return found == commands.end() ? nullptr : &*found;
}

}  // namespace umoci::cli
