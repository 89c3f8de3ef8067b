// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/change_report.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/resolve.hpp>
#include <umoci/store/ref_name.hpp>

namespace umoci::cli {
namespace {

Flag target_flag() {
  return {.name = "target",
          .kind = FlagKind::single,
          .value_name = "what",
          .description = "what <new-tag> means: root or manifest",
          .default_text = "root",
          .hint = ValueHint::choice,
          .choices = {"root", "manifest"},
          .detail =
              "With root it is a copy of the tag: of one for several images it has all. With "
              "manifest it is one image, as with --platform, without the index above it."};
}

image::TagTarget tag_target(const ParsedFlags& flags) {
  const std::string text = flags.value("target").value_or("root");
  if (text == "root") return image::TagTarget::root;
  if (text == "manifest") return image::TagTarget::manifest;
  throw Error(ErrorKind::invalid_argument,
              "invalid --target: " + quoted(text) + " is neither root nor manifest");
}

void tag(const Invocation& line) {
  const auto image = require_image(line.flags);
  require_positionals(line, {"new-tag"});
  const std::string& new_tag = line.positionals.front();
  if (!store::is_ref_name(new_tag)) {
    throw Error(ErrorKind::invalid_argument, "new tag is an invalid reference: " + quoted(new_tag));
  }
  const image::TagTarget target = tag_target(line.flags);
  store::Layout layout = open_layout_to_change(image.layout, new_tag, line);
  const oci::Descriptor meant = image::resolve_for_tag(layout, image.reference, target);
  layout.update_index([&](oci::Index& index) { store::set_ref(index, new_tag, meant); });
  if (report_if_foreseen(line, layout)) return;
  line.log.info("created new tag", {{"tag", new_tag}, {"from", image.reference.text()}});
}

}  // namespace

Command tag_command() {
  Command command;
  command.name = "tag";
  command.category = Category::image;
  command.summary = "give an image a further name";
  command.usage = "<new-tag>";
  command.positional_hints = {ValueHint::tag};
  command.description =
      "Makes <new-tag> mean the same image; if there is one of that name already, it loses the "
      "name. No blob is written. If the tag has images for several platforms, <new-tag> has all of "
      "them, or the one of --platform.";
  command.flags =
      join_flags({image_flags(), platform_flags(), {target_flag()}, change_flags(), limit_flags()});
  command.run = tag;
  return command;
}

}  // namespace umoci::cli
