// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/history.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/change_report.hpp>
#include <cli/commands/commands.hpp>
#include <cli/commands/config_change.hpp>
#include <cli/commands/config_query.hpp>

#include <umoci/image/edit.hpp>

#include <utility>

namespace umoci::cli {
namespace {

std::vector<Flag> changing_flags() {
  return join_flags({tag_flags(), config_change_flags(), history_flags(), change_flags()});
}

void query(const Invocation& line, const ImageArgument& image, const ConfigQuery& query) {
  require_positionals(line, {});
  const store::Layout layout = open_layout(image.layout, line);
  print(query, image::StoredManifest::open(layout, image::resolve(layout, image.reference)),
        line.io);
}

void change(const Invocation& line, const ImageArgument& image) {
  check_history_conflict(line.flags);
  const std::string tag = destination_tag(line.flags, image);
  require_positionals(line, {});
  const ConfigChange change = parse_config_change(line, limits(line.flags));
  const auto history = history_request(line, "umoci config");

  store::Layout layout = open_layout_to_change(image.layout, tag, line);
  image::Edit edit(image::StoredManifest::open(layout, image::resolve(layout, image.reference)));
  edit.declare_media_type();
  apply(change, line, edit);
  if (auto added = history_line(line.flags, history, edit)) edit.append_history(std::move(*added));
  report_new_image(line, layout, edit.commit(layout, tag), tag);
}

void config(const Invocation& line) {
  const auto image = require_image(line.flags);
  if (const auto wanted = parse_config_query(line.flags, changing_flags())) {
    query(line, image, *wanted);
  } else {
    change(line, image);
  }
}

}  // namespace

Command config_command() {
  Command command;
  command.name = "config";
  command.category = Category::image;
  command.summary = "change the configuration of an image";
  command.description =
      "Writes a new configuration with the given values and makes the tag mean the changed image. "
      "An empty text removes a value. What is not mentioned stays as it is, members that umoci "
      "does not know included. Whatever the order on the line, --clear comes first, then the "
      "flags that end in .rm, then all others.\n"
      "Keys for --clear: config.labels, manifest.annotations, config.exposedports, config.env, "
      "config.volume, config.cmd, config.entrypoint, config.user, config.workingdir, "
      "config.stopsignal, author, and all for every one of them.\n"
      "--config.cmd-shell gives its text to the shell that the image names (config.Shell, as "
      "SHELL in a Dockerfile sets it), or else to /bin/sh -c, on windows to cmd /S /C. The date "
      "now is SOURCE_DATE_EPOCH if that is set.\n"
      "Of an artifact, whose config is no image configuration, the annotations of the manifest can "
      "be changed and nothing else; it gets no line of history.\n"
      "With --get or --json nothing is changed: they print what is there. Names for --get are "
      "those of the flags (config.env, config.label), one entry behind a dot (config.env.PATH), "
      "members of the document (os.version, rootfs.diff_ids.0), or a JSON pointer "
      "(/config/Healthcheck). A list has one line an item, a map one line name=value. What the "
      "image does not have is an error.";
  command.flags = join_flags(
      {image_flags(), platform_flags(), changing_flags(), config_query_flags(), limit_flags()});
  command.run = config;
  return command;
}

}  // namespace umoci::cli
