// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/mtree/manifest.hpp>

#include <string>

namespace umoci::mtree {

/// True if an object of that type has a value for the keyword.
[[nodiscard]] bool applies(Keyword keyword, tree::EntryType type);

/// A hard link of a stream is a name of an object, and only the object can be described. Throws:
/// invalid_argument for one.
void reject_hard_link(const tree::Entry& entry);

/// The record of an entry without `sha256digest`. Throws: invalid_argument for a hard link.
[[nodiscard]] Record describe_metadata(const tree::Entry& entry, KeywordSet keywords);

/// SHA-256 in hex of the file that `source` is at; read only if `known_digest` has no answer.
[[nodiscard]] std::string sha256_of_content(tree::EntrySource& source, const tree::Entry& entry,
                                            const KnownDigest& known_digest);

}  // namespace umoci::mtree
