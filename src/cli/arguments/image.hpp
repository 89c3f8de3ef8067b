// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <umoci/image/resolve.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// A layout and what of it is meant: --image, or --layout with --ref, and --platform.
struct ImageArgument {
  std::filesystem::path layout;
  image::Reference reference;

  /// The name, which may be outside the grammar. Throws: invalid_argument if a digest was given in
  /// its place.
  [[nodiscard]] const std::string& tag() const;
};

/// --image, --layout and --ref, for commands that are about one image.
[[nodiscard]] std::vector<Flag> image_flags();

/// What the platform is for.
enum class PlatformUse {
  to_choose,  ///< the image, of which a tag can hold one per platform
  to_remove,  ///< the images for it
  to_check,   ///< that the image is for it
};
[[nodiscard]] std::vector<Flag> platform_flags(PlatformUse use = PlatformUse::to_choose);
/// Throws: invalid_argument if it is missing, malformed or given twice.
[[nodiscard]] ImageArgument require_image(const ParsedFlags& flags);

/// A layout, and the name of an image if one was given.
struct LayoutArgument {
  std::filesystem::path path;
  /// Given with --image.
  std::optional<std::string> tag;
};

/// --layout and --image, for commands that are about a whole layout.
[[nodiscard]] std::vector<Flag> layout_flags();
/// Throws: invalid_argument if it is missing, malformed or given twice.
[[nodiscard]] LayoutArgument require_layout(const ParsedFlags& flags);

/// --tag, for commands that make a new image of one.
[[nodiscard]] std::vector<Flag> tag_flags();
/// The name of `image`, if an image may be given it. Throws: invalid_argument.
[[nodiscard]] const std::string& new_tag(const ImageArgument& image);
/// The value of --tag, or else the name of `image`. Throws: invalid_argument.
[[nodiscard]] std::string destination_tag(const ParsedFlags& flags, const ImageArgument& image);

}  // namespace umoci::cli
