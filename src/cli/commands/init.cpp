// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/commands/commands.hpp>

namespace umoci::cli {
namespace {

void init(const Invocation& line) {
  const auto path = require_layout(line.flags).path;
  require_positionals(line, {});
  store::LayoutOptions options;
  options.durability = durability(line);
  options.log = &line.log;
  store::Layout::create(path, options);
  line.log.info("created new OCI image layout", {{"path", path.native()}});
}

}  // namespace

Command init_command() {
  Command command;
  command.name = "init";
  command.category = Category::layout;
  command.summary = "create a new OCI layout";
  command.description =
      "Makes an empty layout at the given path, which must not exist yet; missing parent "
      "directories are made too. Use `umoci new` to make an image in it.";
  command.flags = join_flags({layout_flags(), sync_flags()});
  command.run = init;
  return command;
}

}  // namespace umoci::cli
