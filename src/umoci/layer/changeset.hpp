// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/layer/id_map.hpp>
#include <umoci/layer/masks.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/tree/entry_sink.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace umoci::layer {

/// Drops what is equal to or below a masked path (a mask of the root masks nothing), then what a
/// whiteout of a directory above, or a new non-directory above, already says. A socket in the place
/// of something else becomes a missing path, a new one is dropped, both with a warning unless they
/// are masked. Sorted by path bytes. Spec: layers.md 3.6, B25, B30.
[[nodiscard]] std::vector<mtree::Delta> select_changes(std::vector<mtree::Delta> deltas,
                                                       const Masks& masks, Log* log = nullptr);

/// What entries shall say instead of what the disk says; absent: as the disk does.
struct MetadataOverrides {
  std::optional<fs::Owner> owner;     ///< ids of the image
  std::optional<std::uint32_t> mode;  ///< 07777; links have none
  std::optional<std::int64_t> mtime;  ///< in seconds, whatever `newest_mtime` says
};

struct ChangesetOptions {
  Ownership ownership;
  /// Later modification times become this one (SOURCE_DATE_EPOCH), in seconds.
  std::optional<std::int64_t> newest_mtime;
  MetadataOverrides overrides;
  /// Tells what an object of the disk is in the image, where the disk could not hold that; unset:
  /// nothing.
  mtree::KnownFacts facts;
  Log* log = nullptr;  ///< nullptr: silent
};

/// Writes the changes as the entries of a layer: whiteouts for what is missing, whole entries for
/// what is new or modified, in byte order of the paths, the second and later names of an inode as
/// hard links. Does not finish `layer`. Sockets are left out with a warning. Throws: invalid_data
/// for a name that begins with ".wh."; conflict if a file changes while it is read;
/// invalid_argument if owners have no id in the image, each of which was warned of; internal if a
/// path comes twice; io, permission. Spec: image-spec layer.md; layers.md 4.2, 4.3.
void write_changeset(const std::vector<mtree::Delta>& changes, const fs::Root& root,
                     tree::EntrySink& layer, const ChangesetOptions& options);

}  // namespace umoci::layer
