// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/path.hpp>

#include <string_view>
#include <vector>

namespace umoci::tree {

/// A pattern for paths of a tree, anchored at its root: `*`, `?`, `[...]` and `\` within a
/// component, `**` in place of any number of components. Spec: docs/formats/path-patterns.md.
class PathGlob {
 public:
  static constexpr std::size_t longest_bytes = 4096;

  /// Throws: invalid_argument for a pattern that is malformed, names nothing, or is too long.
  [[nodiscard]] static PathGlob parse(std::string_view pattern);

  /// True if `path`, or a directory above it, matches; the root never does. Takes time in
  /// proportion to the length of the path times that of the pattern, whatever they are.
  [[nodiscard]] bool covers(const TreePath& path) const;

 private:
  enum class Kind {
    character,
    any_character,
    any_run,  ///< `*`
    set,
  };
  struct Range {
    char32_t first = 0;
    char32_t last = 0;
  };
  struct Token {
    Kind kind = Kind::character;
    char32_t character = 0;
    bool is_negated = false;      ///< of a set: matches what is in no range
    std::vector<Range> ranges{};  ///< of a set
  };
  struct Component {
    bool is_any_number = false;  ///< `**`
    std::vector<Token> tokens{};
  };
  class Parser;

  PathGlob() = default;
  [[nodiscard]] static bool matches(const Token& token, char32_t character);
  [[nodiscard]] static bool matches(const std::vector<Token>& tokens,
                                    const std::vector<char32_t>& name);

  std::vector<Component> components_;
};

}  // namespace umoci::tree
