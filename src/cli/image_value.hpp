// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/image.hpp>
#include <umoci/oci/json.hpp>

#include <optional>
#include <string>

namespace umoci::cli {

/// How a value is shown to people.
enum class ValueShape {
  plain,  ///< as its type says
  names,  ///< the names of its members: a set
};

/// A value of an image, and what the user calls it. Spec: docs/formats/json-output/config.md.
class ValueName {
 public:
  /// Throws: invalid_argument for an empty name and for a malformed JSON pointer.
  explicit ValueName(std::string text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] ValueShape shape() const noexcept { return shape_; }
  /// The value in the image's documents; nullopt if it is absent. Throws: unsupported for a value
  /// of an image configuration where there is none.
  [[nodiscard]] std::optional<oci::Json> find(const image::StoredManifest& image) const;

 private:
  std::string text_;
  ValueShape shape_ = ValueShape::plain;
};

/// Lines that show `value`, without line ends: a text or number is one, a list has one an item, a
/// map one `name=value` a member. What is nested deeper is compact JSON.
[[nodiscard]] std::vector<std::string> value_lines(const oci::Json& value, ValueShape shape);

}  // namespace umoci::cli
