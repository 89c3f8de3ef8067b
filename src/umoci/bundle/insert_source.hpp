// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/root.hpp>
#include <umoci/tree/entry.hpp>

#include <filesystem>

namespace umoci::bundle {

/// What the user named to be inserted, opened in the directory that holds it.
struct InsertSource {
  fs::Root root;
  tree::TreePath start;  ///< one component, or the root itself
  tree::EntryType type;

  /// Follows the links of all components but the last one; what is behind slashes at the end does
  /// not count. Throws: not_found, permission, io.
  [[nodiscard]] static InsertSource open(const std::filesystem::path& path, fs::Access access);
};

}  // namespace umoci::bundle
