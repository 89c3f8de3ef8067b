// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/output_file.hpp>
#include <cli/arguments/ownership.hpp>
#include <cli/arguments/runtime_config.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/runtime_config.hpp>
#include <umoci/image/image.hpp>
#include <umoci/image/resolve.hpp>

#include <optional>

namespace umoci::cli {
namespace {

/// nullopt: there is none, and so no users have names.
std::optional<fs::Root> open_rootfs(const std::string& path) {
  return with_verdict([] { return std::string("--rootfs"); },
                      [&]() -> std::optional<fs::Root> {
                        try {
                          return fs::Root::open(path);
                        } catch (const Error& error) {
                          if (error.kind() == ErrorKind::not_found) return std::nullopt;
                          throw;
                        }
                      });
}

/// Users and groups are all that is looked for in the root file system that is not there.
template <class Make>
std::string without_rootfs(const std::string& path, const Make& make) {
  try {
    return make();
  } catch (Error& error) {
    if (error.kind() == ErrorKind::not_found) {
      error.add_context("--rootfs " + quoted(path) + " does not exist", ErrorFrame::Kind::verdict);
    }
    throw;
  }
}

void write_runtime_config(const Invocation& line) {
  const auto argument = require_image(line.flags);
  require_positionals(line, {"config.json"});
  const layer::Ownership owners = ownership(line);
  runtime::ConvertOptions options;
  options.preferences = runtime_preferences(line);
  const store::Layout layout = open_layout(argument.layout, line);
  const image::Image image = image::Image::open(layout, image::resolve(layout, argument.reference));

  const std::string rootfs_path = line.flags.value("rootfs").value_or("");
  std::optional<fs::Root> rootfs;
  options.root_path = runtime::root_path_of(rootfs_path);
  if (rootfs_path.empty()) {
    options.preferences.unknown_user = runtime::UnknownUser::becomes_root;
  } else {
    rootfs = open_rootfs(rootfs_path);
    options.rootfs = rootfs ? &*rootfs : nullptr;
  }
  const auto make = [&] {
    return bundle::make_runtime_config(image.config, owners, options, line.log);
  };
  const bool is_missing = !rootfs_path.empty() && !rootfs;
  write_output(line, line.positionals.front(), "runtime configuration",
               is_missing ? without_rootfs(rootfs_path, make) : make());
}

}  // namespace

Command raw_runtime_config_command() {
  Command command;
  command.name = "runtime-config";
  command.aliases = {"config"};
  command.category = Category::image;
  command.summary = "make the runtime configuration of an image";
  command.usage = "<config.json>";
  command.positional_hints = {ValueHint::file};
  command.description =
      "Writes what a runtime such as runc or crun needs to run the image: the config.json that "
      "`umoci unpack` puts into a bundle. An existing file is replaced; if the command fails, it "
      "stays as it was, unless its directory does not allow to replace it.\n"
      "Users and groups that the image has by name are looked up in the root file system that "
      "--rootfs names. Without it they become root, with a warning.";
  command.flags = join_flags({image_flags(),
                              platform_flags(),
                              {{.name = "rootfs",
                                .kind = FlagKind::single,
                                .value_name = "dir",
                                .description = "look up users there; its name becomes root.path",
                                .hint = ValueHint::directory}},
                              runtime_config_flags(),
                              ownership_flags(),
                              limit_flags()});
  command.run = write_runtime_config;
  return command;
}

}  // namespace umoci::cli
