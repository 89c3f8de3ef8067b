// SPDX-License-Identifier: Apache-2.0
#pragma once

// What texts in documents must look like, as the standards that the image-spec names have it.

#include <string_view>

namespace umoci::check {

/// A type and a subtype, without parameters. Spec: RFC 6838 4.2.
[[nodiscard]] bool is_media_type(std::string_view text);
/// Spec: RFC 3339 5.6, date-time.
[[nodiscard]] bool is_rfc3339(std::string_view text);
/// An absolute URI; what is behind the scheme is not told apart. Spec: RFC 3986.
[[nodiscard]] bool is_uri(std::string_view text);
/// True for `http:` and `https:`.
[[nodiscard]] bool has_web_scheme(std::string_view uri);
/// Like `com.example.key`. Spec: image-spec annotations.md, Rules.
[[nodiscard]] bool is_reverse_domain(std::string_view key);
/// Looks like an expression of license names. Spec: SPDX specification, annex D.
[[nodiscard]] bool is_license_expression(std::string_view text);

}  // namespace umoci::check
