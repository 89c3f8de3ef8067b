// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace umoci::cli {

/// The parts of a `PATH[:TAG]` or `PATH@DIGEST`.
struct ImagePath {
  std::string layout;
  std::optional<std::string> tag = {};  ///< not checked
  std::optional<digest::Digest> digest = {};
};

/// Splits at the first colon, as umoci does. Only if there is no layout at that path the other ways
/// to read the text are tried, and the first whose path is a layout is taken: a digest behind `@`,
/// the later colons from left to right, no tag at all.
[[nodiscard]] ImagePath split_image_path(std::string_view text);

/// True if a layout seems to be there: Layout::open() says whether it is one.
[[nodiscard]] bool looks_like_layout(const std::string& path);

}  // namespace umoci::cli
