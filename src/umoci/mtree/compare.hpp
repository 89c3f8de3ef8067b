// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/mtree/manifest.hpp>

#include <string>
#include <vector>

namespace umoci::mtree {

enum class DeltaKind { missing, extra, modified };

/// One keyword on which manifest and tree differ; a value that one side lacks is empty.
struct Difference {
  std::string keyword;  ///< "mode", "xattr.user.a", …
  std::string expected;
  std::string actual;
};

/// One path on which a manifest and a tree differ.
struct Delta {
  tree::TreePath path;
  DeltaKind kind = DeltaKind::modified;
  /// Type of the object in the tree; for a missing one, in the manifest.
  tree::EntryType type = tree::EntryType::file;
  /// Of a modified path: at least one, in keyword order.
  std::vector<Difference> differences;
};

enum class DirectorySizes {
  ignore,  ///< size and nlink of directories say more of a file system than of the tree
  compare,
};

struct CompareOptions {
  KeywordSet keywords = bundle_keywords;
  DirectorySizes directory_sizes = DirectorySizes::ignore;
  KnownDigest known_digest;  ///< as in collect()
};

/// Compares `expected` with the tree in `actual`; sorted by path bytes. If one side has `time` and
/// the other `tar_time`, whole seconds are compared. A file whose size already differs is not read.
[[nodiscard]] std::vector<Delta> compare(const Manifest& expected, tree::EntrySource& actual,
                                         const CompareOptions& options);

}  // namespace umoci::mtree
