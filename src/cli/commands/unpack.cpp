// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/arguments/runtime_config.hpp>
#include <cli/arguments/unpack.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/unpack.hpp>
#include <umoci/image/resolve.hpp>

#include <fmt/format.h>

#include <optional>

namespace umoci::cli {
namespace {

/// nullopt: none.
std::optional<runtime::Preferences> wished_runtime_config(const Invocation& line) {
  if (!line.flags.is_set("no-runtime-config")) {
    runtime::Preferences preferences = runtime_preferences(line);
    preferences.hint_for_other_systems = "--no-runtime-config unpacks it";
    return preferences;
  }
  for (const Flag& flag : runtime_config_flags()) {
    if (!line.flags.given(flag.name)) continue;
    throw Error(
        ErrorKind::invalid_argument,
        fmt::format("--no-runtime-config and --{} may not be specified together", flag.name));
  }
  return std::nullopt;
}

void unpack(const Invocation& line) {
  const auto image = require_image(line.flags);
  require_positionals(line, {"bundle"});
  bundle::UnpackOptions options = unpack_options(line);
  options.runtime_config = wished_runtime_config(line);
  const auto progress = open_progress(line, image);
  options.progress = progress.get();
  const store::Layout layout = open_layout(image.layout, line);
  bundle::unpack(layout, image::resolve(layout, image.reference), line.positionals.front(),
                 options);
}

}  // namespace

Command unpack_command() {
  Command command;
  command.name = "unpack";
  command.category = Category::image;
  command.summary = "unpack an image into an OCI runtime bundle";
  command.usage = "<bundle>";
  command.positional_hints = {ValueHint::directory};
  command.description =
      "Makes <bundle> a directory that a runtime such as runc or crun can run: the image's files "
      "below rootfs, a config.json, and what `umoci repack` needs to find the changes made in "
      "rootfs later. The directory may exist, but must not hold a bundle.\n"
      "Every byte is verified; if unpacking fails, what was created is removed.";
  command.flags = join_flags(
      {image_flags(),
       platform_flags(),
       unpack_flags(),
       {{.name = "no-runtime-config",
         .description = "make no config.json: for images of other systems than Linux and FreeBSD"}},
       runtime_config_flags(),
       progress_flags(),
       lock_flags(),
       limit_flags()});
  command.run = unpack;
  return command;
}

}  // namespace umoci::cli
