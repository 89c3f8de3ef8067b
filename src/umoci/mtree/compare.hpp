// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/mtree/manifest.hpp>

#include <string>
#include <vector>

namespace umoci::mtree {

enum class DeltaKind { missing, extra, modified };

/// One keyword on which manifest and tree differ; a value that one side lacks is empty.
struct Difference {
  std::string keyword;  ///< "mode", "xattr.user.a", …; names and values as a manifest has them
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

/// The line for it in a report: `"P": missing path`, `"P": unexpected path`, or `"P": keyword "K":
/// expected OLD; got NEW` with the first keyword that differs. The path is
/// whole, with control bytes, quotes and backslashes encoded as unvis() reads them. Spec:
/// cli.md 8.15.
[[nodiscard]] std::string report_line(const Delta& delta);

enum class DirectorySizes {
  /// Size and nlink of directories say more of a file system than of the tree; nor is the size of
  /// anything but files missed in a manifest.
  ignore,
  compare,
};

struct CompareOptions {
  KeywordSet keywords = bundle_keywords;
  DirectorySizes directory_sizes = DirectorySizes::ignore;
  Facts facts = {};  ///< as in collect()
};

/// Compares `expected` with the tree in `actual`, which yields each path once; sorted by path
/// bytes.
///
/// A keyword that is asked for and missing in a record is a difference where the object has a value
/// for it, with two exceptions, both things that umoci never records: device numbers, and extended
/// attributes of anything but files and directories, are compared only if the record has the
/// keyword. A file or directory without attributes in the manifest has none.
///
/// If one side has `time` and the other `tar_time`, whole seconds are compared. A file whose type
/// or size already differs is not read. Throws: invalid_argument for an entry of type hard_link.
[[nodiscard]] std::vector<Delta> compare(const Manifest& expected, tree::EntrySource& actual,
                                         const CompareOptions& options);

}  // namespace umoci::mtree
