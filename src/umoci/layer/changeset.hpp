// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/layer/id_map.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/tree/entry_sink.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace umoci::layer {

/// Drops what is equal to or below a masked path (a mask of the root masks nothing), then what a
/// whiteout of a directory above, or a new non-directory above, already says. Sorted by path bytes.
/// Spec: layers.md 3.6, B30.
[[nodiscard]] std::vector<mtree::Delta> select_changes(std::vector<mtree::Delta> deltas,
                                                       const std::vector<tree::TreePath>& masks);

struct ChangesetOptions {
  Ownership ownership;
  /// Later modification times become this one (SOURCE_DATE_EPOCH), in seconds.
  std::optional<std::int64_t> newest_mtime;
  Log* log = nullptr;  ///< nullptr: silent
};

/// Writes the changes as the entries of a layer: whiteouts for what is missing, whole entries for
/// what is new or modified, in byte order of the paths, the second and later names of an inode as
/// hard links. Does not finish `layer`. Sockets are left out with a warning. Throws: invalid_data
/// for a name that begins with ".wh."; conflict if a file changes while it is read; io, permission.
/// Spec: image-spec layer.md; layers.md 4.2, 4.3.
void write_changeset(const std::vector<mtree::Delta>& changes, const fs::Root& root,
                     tree::EntrySink& layer, const ChangesetOptions& options);

}  // namespace umoci::layer
