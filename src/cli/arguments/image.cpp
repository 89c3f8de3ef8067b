// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/image.hpp>

#include <cli/arguments/image_path.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

#include <utility>

namespace umoci::cli {
namespace {

constexpr std::string_view default_tag = "latest";

[[noreturn]] void fail(std::string message) {
  throw Error(ErrorKind::invalid_argument, std::move(message));
}

void require_tag(std::string_view flag, const std::string& tag) {
  if (!store::is_ref_name(tag)) {
    fail(fmt::format("invalid {}: tag contains invalid characters: {}", flag, quoted(tag)));
  }
}

/// Throws if the text is a layout, @ and what was meant for a digest: read otherwise it names
/// nothing.
void check_digest_behind_layout(const std::string& value) {
  const std::size_t at = value.rfind('@');
  if (at == std::string::npos || !looks_like_layout(value.substr(0, at))) return;
  if (looks_like_layout(split_image_path(value).layout)) return;
  static_cast<void>(with_verdict([] { return "invalid --image"; },
                                 [&] { return digest::Digest::parse(value.substr(at + 1)); }));
}

ImagePath parse_image(const std::string& value) {
  ImagePath parts = split_image_path(value);
  if (parts.layout.empty()) fail("invalid --image: path is empty");
  if (parts.tag) require_tag("--image", *parts.tag);
  return parts;
}

/// --layout and --ref: no character of a path has a meaning there.
ImagePath parse_layout_and_ref(const std::string& layout, const ParsedFlags& flags) {
  if (layout.empty()) fail("invalid --layout: path is empty");
  ImagePath parts{.layout = layout};
  const auto ref = flags.value("ref");
  if (ref && ref->starts_with('@')) {
    parts.digest = with_verdict([] { return "invalid --ref"; },
                                [&] { return digest::Digest::parse(ref->substr(1)); });
  } else if (ref) {
    // Other programs write names outside the grammar: they can be looked up and removed.
    parts.tag = ref;
  }
  return parts;
}

Flag path_flag(std::string_view name, ValueHint hint, std::string_view value_name,
               std::string_view description) {
  return {.name = name,
          .kind = FlagKind::single,
          .value_name = value_name,
          .description = description,
          .hint = hint};
}

}  // namespace

const std::string& ImageArgument::tag() const {
  if (reference.digest) {
    fail("a tag is needed here: " + reference.text() + " is none");
  }
  return reference.ref_name;
}

std::vector<Flag> image_flags() {
  Flag image = path_flag("image", ValueHint::image, "path[:tag]",
                         "the image: an OCI layout and the name of an image in it, or path@digest");
  image.default_text = "tag latest";
  return {std::move(image),
          path_flag("layout", ValueHint::layout, "path", "the OCI layout, in place of --image"),
          path_flag("ref", ValueHint::tag, "tag",
                    "with --layout: the name of the image, or @digest (default: latest)")};
}

std::vector<Flag> platform_flags(PlatformUse use) {
  Flag platform = path_flag("platform", ValueHint::choice, "os/arch[/variant]", "");
  switch (use) {
    case PlatformUse::to_choose:
      platform.description =
          "which image is meant if the tag has one for each of several platforms";
      platform.default_text = "that of this machine";
      break;
    case PlatformUse::to_remove:
      platform.description = "remove only the images for exactly this platform";
      break;
    case PlatformUse::to_check:
      platform.description = "fail if the bundle's image is not for this platform";
      break;
  }
  // Those that registries have most; there are others.
  platform.choices = {"linux/amd64",   "linux/arm64",   "linux/arm/v7", "linux/386",
                      "linux/ppc64le", "linux/riscv64", "linux/s390x"};
  return {std::move(platform)};
}

ImageArgument require_image(const ParsedFlags& flags) {
  const auto value = flags.value("image");
  const auto layout = flags.value("layout");
  if (!value && !layout && flags.given("ref")) fail("--ref needs --layout");
  if (!value && !layout) fail("missing mandatory argument: --image");
  if (value && layout) fail("--image and --layout may not be specified together");
  if (value && flags.given("ref")) fail("--ref needs --layout: --image has a tag of its own");
  if (value) check_digest_behind_layout(*value);
  ImagePath parts = value ? parse_image(*value) : parse_layout_and_ref(*layout, flags);

  ImageArgument image{.layout = std::move(parts.layout),
                      .reference = {.ref_name = parts.tag.value_or(std::string(default_tag)),
                                    .digest = std::move(parts.digest)}};
  if (const auto platform = flags.value("platform")) {
    image.reference.platform = with_verdict([] { return "invalid --platform"; },
                                            [&] { return oci::parse_platform(*platform); });
  }
  return image;
}

std::vector<Flag> layout_flags() {
  return {path_flag("layout", ValueHint::layout, "path", "the OCI layout"),
          path_flag("image", ValueHint::image, "path[:tag]",
                    "the OCI layout as image commands take it")};
}

LayoutArgument require_layout(const ParsedFlags& flags) {
  const auto value = flags.value("layout");
  const auto image = flags.value("image");
  if (!value && !image) fail("missing mandatory argument: --layout");
  if (value && image) fail("--image and --layout may not be specified together");
  if (image) {
    ImagePath parts = parse_image(*image);
    if (parts.digest) fail("a layout is meant here, not one image of it: " + quoted(*image));
    return {.path = std::move(parts.layout), .tag = std::move(parts.tag)};
  }
  if (value->empty()) fail("invalid --layout: path is empty");
  // What was always refused stays so, unless there is such a layout.
  if (value->find(':') != std::string::npos && !looks_like_layout(*value)) {
    fail(fmt::format("invalid --layout: path contains ':' character: {}", quoted(*value)));
  }
  return {.path = *value, .tag = std::nullopt};
}

std::vector<Flag> tag_flags() {
  return {{.name = "tag",
           .kind = FlagKind::single,
           .value_name = "tag",
           .description = "name of the new image",
           .default_text = "the tag of --image, which then means the new image",
           .hint = ValueHint::tag}};
}

const std::string& new_tag(const ImageArgument& image) {
  require_tag("--ref", image.tag());
  return image.tag();
}

std::string destination_tag(const ParsedFlags& flags, const ImageArgument& image) {
  const auto value = flags.value("tag");
  if (!value && image.reference.digest) {
    fail("the new image needs a name: " + image.reference.text() + " is none, give one with --tag");
  }
  if (!value) return new_tag(image);
  require_tag("--tag", *value);
  return *value;
}

}  // namespace umoci::cli
