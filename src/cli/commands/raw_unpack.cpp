// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/arguments/unpack.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/bundle/raw_unpack.hpp>
#include <umoci/image/resolve.hpp>

namespace umoci::cli {
namespace {

void raw_unpack(const Invocation& line) {
  const auto image = require_image(line.flags);
  require_positionals(line, {"rootfs"});
  const std::string& rootfs = line.positionals.front();
  bundle::UnpackOptions options = unpack_options(line);
  const auto progress = open_progress(line, image);
  options.progress = progress.get();
  const store::Layout layout = open_layout(image.layout, line);
  const auto path = image::resolve(layout, image.reference);
  // As loud as umoci: scripts silence it with --log=error.
  line.log.warn("unpacking rootfs ...");
  bundle::raw_unpack(layout, path, rootfs, options);
  line.log.warn("... done");
  line.log.warn("unpacked image rootfs", {{"rootfs", rootfs}});
}

}  // namespace

Command raw_unpack_command() {
  Command command;
  command.name = "unpack";
  command.category = Category::image;
  command.summary = "unpack an image into a root file system";
  command.usage = "<rootfs>";
  command.positional_hints = {ValueHint::directory};
  command.description =
      "Extracts the layers of an image into <rootfs>, and nothing else: no config.json, and "
      "nothing "
      "that `umoci repack` could use. The parent of <rootfs> must exist. If <rootfs> exists, it "
      "is extracted into: what it holds is treated like the files of a lower layer.\n"
      "Every byte is verified. If unpacking fails, a new <rootfs> is removed, and one that was "
      "empty "
      "is emptied; what was put into one that was not empty stays there.";
  command.flags = join_flags({image_flags(), platform_flags(), unpack_flags(), progress_flags(),
                              lock_flags(), limit_flags()});
  command.run = raw_unpack;
  return command;
}

}  // namespace umoci::cli
