// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

namespace umoci::cli {

Command unavailable_command(std::string_view name, std::string_view group) {
  Command command;
  command.name = name;
  command.visibility = Visibility::hidden;
  command.arguments = ArgumentStyle::unparsed;
  command.run = [name, group](const Invocation&) {
    throw Error(ErrorKind::unsupported, fmt::format("umoci {}{}{} is not available yet", group,
                                                    group.empty() ? "" : " ", name));
  };
  return command;
}

}  // namespace umoci::cli
