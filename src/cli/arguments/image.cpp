// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/image.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

[[noreturn]] void fail(std::string message) {
  throw Error(ErrorKind::invalid_argument, std::move(message));
}

void require_tag(std::string_view flag, const std::string& tag) {
  if (!store::is_ref_name(tag)) {
    fail(fmt::format("invalid {}: tag contains invalid characters: {}", flag, quoted(tag)));
  }
}

}  // namespace

std::vector<Flag> image_flags() {
  return {{.name = "image",
           .kind = FlagKind::single,
           .value_name = "path[:tag]",
           .description = "the image: an OCI layout and the name of an image in it",
           .default_text = "tag latest"}};
}

ImageArgument require_image(const ParsedFlags& flags) {
  const auto value = flags.value("image");
  if (!value) fail("missing mandatory argument: --image");
  const std::size_t colon = value->find(':');
  ImageArgument image{.layout = value->substr(0, colon), .tag = "latest"};
  if (image.layout.empty()) fail("invalid --image: path is empty");
  if (colon != std::string::npos) {
    image.tag = value->substr(colon + 1);
    require_tag("--image", image.tag);
  }
  return image;
}

std::vector<Flag> layout_flags() {
  return {{.name = "layout",
           .kind = FlagKind::single,
           .value_name = "path",
           .description = "the OCI layout"}};
}

std::filesystem::path require_layout(const ParsedFlags& flags) {
  const auto value = flags.value("layout");
  if (!value) fail("missing mandatory argument: --layout");
  if (value->empty()) fail("invalid --layout: path is empty");
  if (value->find(':') != std::string::npos) {
    fail(fmt::format("invalid --layout: path contains ':' character: {}", quoted(*value)));
  }
  return *value;
}

std::vector<Flag> tag_flags() {
  return {{.name = "tag",
           .kind = FlagKind::single,
           .value_name = "tag",
           .description = "name of the new image",
           .default_text = "the tag of --image, which then means the new image"}};
}

std::string destination_tag(const ParsedFlags& flags, const std::string& otherwise) {
  const auto value = flags.value("tag");
  if (!value) return otherwise;
  require_tag("--tag", *value);
  return *value;
}

}  // namespace umoci::cli
