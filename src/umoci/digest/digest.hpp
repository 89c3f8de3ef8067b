// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names of bytes. A Digest is text until somebody relies on it: documents may hold digests that
// nobody can check, and those must survive; paths and comparisons with content demand check().

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::digest {

/// The algorithms whose content this library computes.
enum class Algorithm { sha256, sha384, sha512 };

[[nodiscard]] std::string_view name_of(Algorithm algorithm);
/// Length of the encoded form in hex digits: 64, 96 or 128.
[[nodiscard]] std::size_t encoded_length(Algorithm algorithm);

/// `algorithm:encoded`. Compares as text. Spec: image-spec descriptor.md, Digests.
class Digest {
 public:
  Digest() = default;
  /// Keeps any text, even one that breaks the grammar.
  explicit Digest(std::string text) : text_(std::move(text)) {}

  /// Throws: invalid_data if the grammar is broken, or a known algorithm has an encoded part that
  /// is not lower-case hex of the right length.
  [[nodiscard]] static Digest parse(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// The part before the first colon; all of the text if there is none.
  [[nodiscard]] std::string_view algorithm_name() const;
  /// The part after the first colon; empty if there is none.
  [[nodiscard]] std::string_view encoded() const;
  [[nodiscard]] std::optional<Algorithm> algorithm() const;
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  /// Throws as parse() does. Call it before the digest becomes part of a path.
  void check() const;
  /// The algorithm. Throws: invalid_data as check(), unsupported for an algorithm not known here.
  [[nodiscard]] Algorithm require_algorithm() const;

  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  std::string text_;
};

}  // namespace umoci::digest
