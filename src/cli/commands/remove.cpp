// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/store/ref_name.hpp>

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
      "Removes the name of an image; that there is none of that name is no error. Its blobs stay "
      "until `umoci gc`.";
  command.flags = join_flags({image_flags(), limit_flags()});
  command.run = remove;
  return command;
}

}  // namespace umoci::cli
