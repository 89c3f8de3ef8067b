// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/compression.hpp>
#include <cli/arguments/dates.hpp>
#include <cli/arguments/history.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/ownership.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/change_report.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/repack.hpp>

namespace umoci::cli {
namespace {

tree::PathGlob mask_glob(const std::string& pattern) {
  return with_verdict([] { return std::string("invalid --mask-glob"); },
                      [&] { return tree::PathGlob::parse(pattern); });
}

Flag on_moved_flag() {
  return {.name = "on-moved",
          .kind = FlagKind::single,
          .value_name = "what",
          .description = "if the bundle's tag means another image now: warn, error or rebase",
          .default_text = "warn",
          .hint = ValueHint::choice,
          .choices = {"warn", "error", "rebase"},
          .detail =
              "With warn the result takes the place of that image. With error nothing is "
              "changed. With rebase the new layer is put on that image, if its layers begin "
              "with those of the image that was unpacked; if not, nothing is changed. "
              "error and rebase are only for the tag that the bundle came from. "
              "The exit status for a change that was not made is 4."};
}

image::OnMoved on_moved(const ParsedFlags& flags) {
  const std::string text = flags.value("on-moved").value_or("warn");
  if (text == "warn") return image::OnMoved::warn;
  if (text == "error") return image::OnMoved::fail;
  if (text == "rebase") return image::OnMoved::rebase;
  throw Error(ErrorKind::invalid_argument,
              "invalid --on-moved: " + quoted(text) + " is neither warn nor error nor rebase");
}

void repack(const Invocation& line) {
  const auto image = require_image(line.flags);
  bundle::RepackOptions options;
  options.compression = compression(line.flags);
  check_history_conflict(line.flags);
  const std::string tag = destination_tag(line.flags, image);
  require_positionals(line, {"bundle"});
  for (const auto& path : line.flags.values("mask-path")) {
    options.masks.push_back(tree::TreePath::clean(path));
  }
  for (const auto& pattern : line.flags.values("mask-glob")) {
    options.mask_globs.push_back(mask_glob(pattern));
  }
  if (line.flags.is_set("no-mask-volumes")) options.volume_masks = bundle::VolumeMasks::ignore;
  if (line.flags.is_set("refresh-bundle")) options.refresh = bundle::RefreshBundle::yes;
  options.on_moved = on_moved(line.flags);
  options.history = history_request(line, "umoci repack");
  options.newest_mtime = source_date_epoch(line.io);
  options.platform = image.reference.platform;
  options.claim = ownership_claim(line);
  options.log = &line.log;
  auto progress = open_progress(line, tag);
  options.progress = progress.get();

  store::Layout layout = open_layout_to_change(image.layout, tag, line);
  const auto path = bundle::repack(layout, tag, line.positionals.front(), options);
  progress.reset();
  report_new_image(line, layout, path, tag);
}

}  // namespace

Command repack_command() {
  Command command;
  command.name = "repack";
  command.category = Category::image;
  command.summary = "make the changes in a bundle a new layer of its image";
  command.usage = "<bundle>";
  command.positional_hints = {ValueHint::directory};
  command.description =
      "Compares the bundle's rootfs with what was unpacked and puts the changes as one layer on "
      "top of the image the bundle came from. --image says which tag means the result, unless "
      "--tag does; it must be in the layout of that image. Patterns for --mask-glob begin at the "
      "root of the rootfs: * and ? and [...] stand for characters between two slashes, ** for any "
      "number of directories.";
  command.flags =
      join_flags({image_flags(),
                  platform_flags(PlatformUse::to_check),
                  {{.name = "mask-path",
                    .kind = FlagKind::list,
                    .value_name = "path",
                    .description = "leave out changes at or below this path of the rootfs",
                    .hint = ValueHint::text},
                   {.name = "mask-glob",
                    .kind = FlagKind::list,
                    .value_name = "pattern",
                    .description = "leave out changes at or below what matches this pattern",
                    .hint = ValueHint::text},
                   {.name = "no-mask-volumes",
                    .description = "do not leave out changes below the image's volumes"},
                   {.name = "refresh-bundle",
                    .description = "afterwards make the bundle one of the new image"},
                   on_moved_flag()},
                  tag_flags(),
                  compress_flags(),
                  history_flags(),
                  ignored_ownership_flags(),
                  progress_flags(),
                  change_flags(),
                  limit_flags()});
  command.run = repack;
  return command;
}

}  // namespace umoci::cli
