// SPDX-License-Identifier: Apache-2.0
#pragma once

// What umoci cannot say in a manifest. Its readers take attributes of anything but files and
// directories for a change, and gomtree refuses keywords it cannot compute, so both stand in
// comments that only this library reads:
//   #umoci: xattr               before all entries: attributes of all types were looked at
//   #umoci: WORD...             below an entry, about it: device=, xattr.NAME=, or a bare xattr;
//                               linked= says which object of several names it is one of;
//                               image.owner= and image.device= say what it is in the image
// Spec: docs/formats/mtree.md.

#include <umoci/tree/image_facts.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace umoci::mtree {

inline constexpr std::string_view extension_mark = "#umoci:";
inline constexpr std::string_view linked_keyword = "linked";

/// True for the types whose attributes umoci does not record.
[[nodiscard]] inline bool is_special(tree::EntryType type) {
  return type != tree::EntryType::file && type != tree::EntryType::directory;
}

/// The words for facts, each after a blank.
[[nodiscard]] std::string facts_text(const tree::ImageFacts& facts);
/// Adds what `word` says to `facts`; false if it says nothing of that kind. Throws: invalid_data.
bool read_fact(tree::ImageFacts& facts, std::string_view word);

/// The words of a comment line of ours; nullopt for any other comment.
[[nodiscard]] inline std::optional<std::string_view> extension_words(std::string_view line) {
  const std::size_t start = line.find(extension_mark);
  if (start == std::string_view::npos || line.find_first_not_of(" \t") != start) {
    return std::nullopt;
  }
  return line.substr(start + extension_mark.size());
}

}  // namespace umoci::mtree
