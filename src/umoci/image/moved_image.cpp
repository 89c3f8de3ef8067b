// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/moved_image.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace umoci::image {
namespace {

/// What somebody else did, and what it means that the result is put there all the same.
struct Words {
  std::string_view deed;
  std::string_view outcome;
};

Words words_for(Standing standing) {
  switch (standing) {
    case Standing::same:
      break;
    case Standing::image_replaced:
      return {.deed = "image was changed by somebody else", .outcome = "is replaced"};
    case Standing::image_removed:
      return {.deed = "image was removed from the tag by somebody else",
              .outcome = "comes back with the images that were beside it"};
    case Standing::tag_replaced:
      return {.deed = "tag was changed by somebody else", .outcome = "is replaced"};
    case Standing::tag_removed:
      return {.deed = "tag was removed by somebody else", .outcome = "comes back"};
  }
  return {};
}

/// The documents that show the difference: the images themselves or what the tag means.
struct Difference {
  digest::Digest expected;
  std::optional<digest::Digest> found;
};

Difference difference(const MovedImage& moved) {
  const DescriptorPath& start = moved.start.path;
  if (moved.present.standing == Standing::image_replaced) {
    return {.expected = start.target().digest, .found = moved.present.path.target().digest};
  }
  const auto entries = store::find_ref(moved.index, moved.ref_name);
  return {.expected = start.root().digest,
          .found = entries.empty() ? std::nullopt : std::optional(entries.front().digest)};
}

[[noreturn]] void fail_without_successor(const MovedImage& moved, const std::string& why) {
  throw Error(ErrorKind::conflict,
              fmt::format("nothing that {} means now can take changes of {}: {}",
                          quoted(moved.ref_name), moved.start.path.target().digest.text(), why));
}

/// Throws: conflict if what is there now is damaged, or no image.
Image open_image(const store::Layout& layout, const MovedImage& moved) {
  try {
    Image image = Image::open(layout, *moved.present.successor);
    check_layers(image, layout.limits());
    return image;
  } catch (const Error& error) {
    switch (error.kind()) {
      case ErrorKind::unsupported:
      case ErrorKind::not_found:
      case ErrorKind::corrupt:
      case ErrorKind::invalid_data:
        fail_without_successor(moved, error.what());
      default:
        throw;
    }
  }
}

}  // namespace

void warn_of(const MovedImage& moved, const DescriptorPath& next, Log& log) {
  if (moved.present.standing == Standing::same) return;
  const auto [expected, found] = difference(moved);
  if (found == next.root().digest || found == next.target().digest) return;
  const auto [deed, outcome] = words_for(moved.present.standing);
  log.warn(fmt::format("{} and {}", deed, outcome), {{"tag", std::string(moved.ref_name)},
                                                     {"expected", expected.text()},
                                                     {"found", found ? found->text() : "nothing"}});
}

void fail_for(const MovedImage& moved) {
  const auto [expected, found] = difference(moved);
  throw Error(
      ErrorKind::conflict,
      fmt::format("{}: in place of {}, {} has {}", words_for(moved.present.standing).deed,
                  expected.text(), quoted(moved.ref_name), found ? found->text() : "nothing"));
}

Image open_successor(const store::Layout& layout, const MovedImage& moved, LayersAbove above) {
  if (!moved.present.successor) {
    fail_without_successor(moved, std::string(words_for(moved.present.standing).deed));
  }
  Image successor = open_image(layout, moved);
  const std::string name = successor.path.target().digest.text();
  const auto& old_layers = moved.start.manifest.layers;
  const auto& layers = successor.manifest.layers;
  const bool begins_alike = std::ranges::mismatch(old_layers, layers, {}, &oci::Descriptor::digest,
                                                  &oci::Descriptor::digest)
                                .in1 == old_layers.end();
  if (!begins_alike) {
    fail_without_successor(moved, "the layers of " + name + " do not begin with the same ones");
  }
  if (above == LayersAbove::refused && layers.size() != old_layers.size()) {
    fail_without_successor(moved, fmt::format("{} has more layers: {} instead of {}", name,
                                              layers.size(), old_layers.size()));
  }
  return successor;
}

}  // namespace umoci::image
