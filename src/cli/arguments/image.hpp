// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace umoci::cli {

/// `PATH[:TAG]`.
struct ImageArgument {
  std::filesystem::path layout;
  std::string tag;
};

[[nodiscard]] std::vector<Flag> image_flags();
/// The value of --image, split at its first colon; tag "latest" without one. Throws:
/// invalid_argument if it is missing, empty or no tag.
[[nodiscard]] ImageArgument require_image(const ParsedFlags& flags);

[[nodiscard]] std::vector<Flag> layout_flags();
/// The value of --layout. Throws: invalid_argument if it is missing, empty or contains a colon.
[[nodiscard]] std::filesystem::path require_layout(const ParsedFlags& flags);

[[nodiscard]] std::vector<Flag> tag_flags();
/// The value of --tag, `otherwise` if it is not given. Throws: invalid_argument if it is no tag.
[[nodiscard]] std::string destination_tag(const ParsedFlags& flags, const std::string& otherwise);

}  // namespace umoci::cli
