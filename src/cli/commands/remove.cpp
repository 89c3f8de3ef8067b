// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/change_report.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/remove_platform.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

std::size_t remove_tag(store::Layout& layout, const std::string& tag) {
  // Nothing is resolved: a broken image can lose its name as well.
  std::size_t removed = 0;
  layout.update_index([&](oci::Index& index) { removed = store::remove_ref(index, tag); });
  return removed;
}

void remove(const Invocation& line) {
  const auto image = require_image(line.flags);
  const std::string& tag = image.tag();
  const auto& platform = image.reference.platform;
  require_positionals(line, {});
  store::Layout layout = open_layout_to_change(image.layout, tag, line);
  const std::size_t removed =
      platform ? image::remove_platform(layout, tag, *platform) : remove_tag(layout, tag);
  const std::string what =
      platform ? fmt::format("image for platform {} in tag", quoted(oci::platform_name(*platform)))
               : std::string("tag");
  if (removed == 0 && line.flags.is_set("must-exist")) {
    throw Error(ErrorKind::not_found, fmt::format("{} {} not found in {}", what, quoted(tag),
                                                  quoted(image.layout.native())));
  }
  if (report_if_foreseen(line, layout)) return;
  line.log.info(removed > 0 ? "removed " + what : "there is no such " + what, {{"tag", tag}});
}

}  // namespace

Command remove_command() {
  Command command;
  command.name = "remove";
  command.aliases = {"rm"};
  command.category = Category::image;
  command.summary = "remove a tag from an OCI layout";
  command.description =
      "Removes the name of an image; that there is none of that name is no error without "
      "--must-exist. Its blobs stay until `umoci gc`. With --platform only the images for exactly "
      "that platform (without a variant: arm/v7, arm64/v8, amd64/v1) are taken out of the tag, "
      "which goes with the last one.";
  command.flags =
      join_flags({image_flags(),
                  platform_flags(PlatformUse::to_remove),
                  {{.name = "must-exist", .description = "fail if there is nothing to remove"}},
                  change_flags(),
                  limit_flags()});
  command.run = remove;
  return command;
}

}  // namespace umoci::cli
