// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/commands/commands.hpp>
#include <cli/image_report.hpp>

namespace umoci::cli {
namespace {

void stat(const Invocation& line) {
  const auto image = require_image(line.flags);
  require_positionals(line, {});
  const store::Layout layout = open_layout(image.layout, line);
  const ImageReport report = report_on(layout, image::resolve(layout, image.reference));
  if (line.flags.is_set("json")) {
    print_json(line.io.out, report);
  } else {
    print_text(line.io.out, report);
  }
}

}  // namespace

Command stat_command() {
  Command command;
  command.name = "stat";
  command.category = Category::image;
  command.summary = "show what an image is made of";
  command.description =
      "Prints the manifest, the configuration and the history of an image. The text is for people; "
      "programs use --json.";
  command.flags = join_flags({image_flags(),
                              platform_flags(),
                              {{.name = "json", .description = "print JSON"}},
                              limit_flags()});
  command.run = stat;
  return command;
}

}  // namespace umoci::cli
