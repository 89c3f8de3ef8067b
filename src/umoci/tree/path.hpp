// SPDX-License-Identifier: Apache-2.0
#pragma once

// Paths inside a tree: relative, clean, of any bytes but NUL.

#include <compare>
#include <string>
#include <string_view>

namespace umoci::tree {

/// A path below the root of a tree: components joined by single slashes, none of them empty, "." or
/// "..". The root itself is the empty path. Orders by bytes of the text.
class TreePath {
 public:
  TreePath() = default;

  /// Cleans `name` lexically as if it were absolute: collapses slashes, drops ".", resolves "..",
  /// which stops at the root. Throws: invalid_data if it contains NUL.
  [[nodiscard]] static TreePath clean(std::string_view name);
  /// As clean(), but into this path, whose memory is used again. `name` must not view this path.
  void assign_clean(std::string_view name);

  [[nodiscard]] bool is_root() const noexcept { return text_.empty(); }
  /// Without leading slash; empty for the root.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// For people: "/" plus text().
  [[nodiscard]] std::string display() const { return "/" + text_; }
  /// The last component; empty for the root.
  [[nodiscard]] std::string_view name() const;
  /// All but the last component; the root for the root.
  [[nodiscard]] TreePath parent() const;
  /// Number of components; 0 for the root.
  [[nodiscard]] std::size_t depth() const;
  /// True if this path is `other` or lies below it.
  [[nodiscard]] bool is_within(const TreePath& other) const;
  /// This path with one more component. `name` must be a single clean component.
  [[nodiscard]] TreePath child(std::string_view name) const;

  friend auto operator<=>(const TreePath&, const TreePath&) = default;

 private:
  explicit TreePath(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Cuts the first component off `rest`; `rest` becomes empty after the last one.
[[nodiscard]] std::string_view next_component(std::string_view& rest);

}  // namespace umoci::tree

template <>
struct std::hash<umoci::tree::TreePath> {
  std::size_t operator()(const umoci::tree::TreePath& path) const noexcept {
    return std::hash<std::string>{}(path.text());
  }
};
