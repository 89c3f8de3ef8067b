// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/mtree/manifest.hpp>

#include <map>
#include <optional>
#include <string>

namespace umoci::mtree {

/// True if an object of that type has a value for the keyword.
[[nodiscard]] bool applies(Keyword keyword, tree::EntryType type);

/// nullopt where there is no name.
[[nodiscard]] std::optional<std::string> name_in(const OwnerNames::NameOf& name_of,
                                                 std::uint32_t id);

/// A hard link of a stream is a name of an object, and only the object can be described. Throws:
/// invalid_argument for one.
void reject_hard_link(const tree::Entry& entry);

/// The record of an entry without content_keywords. Throws: invalid_argument for a hard link.
[[nodiscard]] Record describe_metadata(const tree::Entry& entry, KeywordSet keywords,
                                       const OwnerNames& names);

/// The values of those content_keywords that are in `wanted` for the file that `source` is at; read
/// once, and only if `known_digest` does not answer all of them.
[[nodiscard]] std::map<Keyword, std::string> describe_content(tree::EntrySource& source,
                                                              const tree::Entry& entry,
                                                              KeywordSet wanted,
                                                              const KnownDigest& known_digest);

}  // namespace umoci::mtree
