// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

void remove(const Invocation& line) {
  const auto image = require_image(line.flags);
  const std::string& tag = image.tag();
  require_positionals(line, {});
  store::Layout layout = open_layout(image.layout, line);
  // Nothing is resolved: a broken image can lose its name as well.
  std::size_t removed = 0;
  layout.update_index([&](oci::Index& index) { removed = store::remove_ref(index, tag); });
  if (removed == 0 && line.flags.is_set("must-exist")) {
    throw Error(ErrorKind::not_found,
                fmt::format("tag {} not found in {}", quoted(tag), quoted(image.layout.native())));
  }
  line.log.info(removed > 0 ? "removed tag" : "there is no such tag", {{"tag", tag}});
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
      "--must-exist. Its blobs stay until `umoci gc`.";
  command.flags =
      join_flags({image_flags(),
                  {{.name = "must-exist", .description = "fail if there is no such tag"}},
                  limit_flags()});
  command.run = remove;
  return command;
}

}  // namespace umoci::cli
