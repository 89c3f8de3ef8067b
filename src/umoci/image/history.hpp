// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/image_config.hpp>

#include <optional>
#include <string>

namespace umoci::image {

/// Whom a line of history names as author if the request does not say.
enum class DefaultAuthor { image, none };

/// What a new line of history shall say; absent members get their defaults.
struct HistoryRequest {
  std::string created;             ///< RFC 3339
  std::string default_created_by;  ///< such as "umoci repack"
  DefaultAuthor default_author = DefaultAuthor::image;
  std::optional<std::string> created_by;
  std::optional<std::string> author;
  std::optional<std::string> comment;

  /// The line for an image configured as `config`.
  [[nodiscard]] oci::History line(const oci::ImageConfig& config) const;
};

}  // namespace umoci::image
