// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/dates.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/change_report.hpp>
#include <cli/commands/commands.hpp>
#include <cli/platform_warnings.hpp>

#include <umoci/image/create.hpp>

namespace umoci::cli {
namespace {

void create(const Invocation& line) {
  const auto image = require_image(line.flags);
  const std::string& tag = new_tag(image);
  require_positionals(line, {});
  image::CreateOptions options;
  options.created = creation_time(line.io);
  if (image.reference.platform) options.platform = *image.reference.platform;
  store::Layout layout = open_layout_to_change(image.layout, tag, line);
  if (const auto& platform = image.reference.platform) {
    warn_of_unknown_os("platform", platform->os, line.log);
    warn_of_unknown_architecture("platform", platform->architecture, line.log);
  }
  const auto descriptor = image::create(layout, tag, options);
  if (report_if_foreseen(line, layout)) return;
  line.log.info("new image manifest created: " + descriptor.digest.text());
  line.log.info("created new tag for image manifest", {{"tag", tag}});
}

}  // namespace

Command new_command() {
  Command command;
  command.name = "new";
  command.category = Category::image;
  command.summary = "create an empty image in an OCI layout";
  command.description =
      "Makes an image without layers for the platform of this machine, or another one. An image "
      "that has the tag already loses it.";
  std::vector<Flag> platform = platform_flags();
  platform.front().description = "platform of the image";
  command.flags = join_flags({image_flags(), std::move(platform), change_flags(), limit_flags()});
  command.run = create;
  return command;
}

}  // namespace umoci::cli
