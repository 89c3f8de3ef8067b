// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>

namespace umoci::cli {

Command unavailable_command(std::string_view name) {
  Command command;
  command.name = name;
  command.visibility = Visibility::hidden;
  command.arguments = ArgumentStyle::unparsed;
  command.run = [name](const Invocation&) {
    throw Error(ErrorKind::unsupported, std::string(name) + " is not available yet");
  };
  return command;
}

}  // namespace umoci::cli
