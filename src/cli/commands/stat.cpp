// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/commands/commands.hpp>
#include <cli/image_report.hpp>
#include <cli/layer_report.hpp>

namespace umoci::cli {
namespace {

void stat(const Invocation& line) {
  const auto image = require_image(line.flags);
  require_positionals(line, {});
  const store::Layout layout = open_layout(image.layout, line);
  const ImageReport report = report_on(layout, image::resolve(layout, image.reference));
  const bool json = line.flags.is_set("json");
  if (line.flags.is_set("layers")) {
    const auto layers = report_on_layers(report);
    return json ? print_json(line.io, layers) : print_text(line.io.out, layers, screen_of(line.io));
  }
  return json ? print_json(line.io, report) : print_text(line.io.out, report);
}

}  // namespace

Command stat_command() {
  Command command;
  command.name = "stat";
  command.category = Category::image;
  command.summary = "show what an image is made of";
  command.description =
      "Prints the manifest, the configuration and the history of an image. --layers prints a table "
      "of the layers instead, the lowest first, with a bar that shows each one's share of the "
      "size. The text is for people; programs use --json.";
  command.flags = join_flags(
      {image_flags(),
       platform_flags(),
       {json_flag(), {.name = "layers", .description = "print only a table of the layers"}},
       limit_flags()});
  command.run = stat;
  return command;
}

}  // namespace umoci::cli
