// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/dates.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/image/create.hpp>

namespace umoci::cli {
namespace {

void create(const Invocation& line) {
  const auto image = require_image(line.flags);
  require_positionals(line, {});
  const std::string created = creation_time(line.io);
  store::Layout layout = open_layout(image.layout, line);
  const auto descriptor = image::create(layout, image.tag, {.created = created});
  line.log.info("new image manifest created: " + descriptor.digest.text());
  line.log.info("created new tag for image manifest", {{"tag", image.tag}});
}

}  // namespace

Command new_command() {
  Command command;
  command.name = "new";
  command.category = Category::image;
  command.summary = "create an empty image in an OCI layout";
  command.description =
      "Makes an image without layers for the platform of this machine. An image that has the tag "
      "already loses it.";
  command.flags = join_flags({image_flags(), limit_flags()});
  command.run = create;
  return command;
}

}  // namespace umoci::cli
