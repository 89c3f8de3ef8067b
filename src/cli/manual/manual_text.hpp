// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// A piece of a man page's text.
struct TextBlock {
  enum class Kind {
    paragraph,
    item,     ///< of a list; `term` may be empty
    example,  ///< lines that are shown as they are
  };
  Kind kind = Kind::paragraph;
  std::string text;
  std::string term{};

  friend bool operator==(const TextBlock&, const TextBlock&) = default;
};

/// What stands under one title.
struct TextSection {
  std::string title;
  std::vector<TextBlock> blocks;
};

/// What a file in docs/man says beside the table of flags. It is Markdown of the simplest kind:
/// "## Title" begins a section, lines indented by four blanks are an example, "- `term`: text" is
/// an item; comments and the headline, "# name", are left out.
struct ManualText {
  std::vector<TextBlock> description;  ///< what stands before the first section
  std::vector<TextSection> sections;

  /// The blocks of that section; empty if there is none.
  [[nodiscard]] std::vector<TextBlock> section(std::string_view title) const;
};

/// Reads a file of docs/man. Any text is one: what is not known as something else is a paragraph.
[[nodiscard]] ManualText parse_manual_text(std::string_view text);

}  // namespace umoci::cli
