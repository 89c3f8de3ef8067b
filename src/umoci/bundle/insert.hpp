// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/codec/codec.hpp>
#include <umoci/image/history.hpp>
#include <umoci/image/image.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/layer/id_map.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/tree/path.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace umoci::bundle {

/// An object of the disk with everything below it, and where it goes.
struct Insertion {
  /// As the system understands it, but a link is inserted itself, also with a slash behind it.
  std::filesystem::path source;
  /// What the object is called in the image; not the directory it goes into. Purely a name: links
  /// of the image are followed by whoever unpacks it.
  tree::TreePath target;
};

/// What a new layer on top of an image shall hold.
struct InsertRequest {
  image::DescriptorPath image;
  std::string ref_name;  ///< means the result
  std::vector<tree::TreePath> whiteouts;
  std::vector<tree::TreePath> opaque_directories;  ///< lose what lower layers have in them
  std::vector<Insertion> insertions;
};

enum class ParentDirectories {
  left_out,
  added,  ///< those that the image lacks: mode 0755, of 0:0, the time of `overrides` or 1970
};

struct InsertOptions {
  layer::Ownership ownership;
  layer::MetadataOverrides overrides;
  /// To find out which ones the image lacks, all of its layers are read.
  ParentDirectories parents = ParentDirectories::left_out;
  /// Absent: that of the topmost compressed layer, or gzip.
  std::optional<codec::Compression> compression;
  /// Absent: the image's history does not change.
  std::optional<image::HistoryRequest> history;
  /// Later modification times are written as this one, in seconds (SOURCE_DATE_EPOCH).
  std::optional<std::int64_t> newest_mtime;
  Log* log = nullptr;            ///< nullptr: silent
  Progress* progress = nullptr;  ///< nullptr: nobody wants to know
};

/// Puts one layer on top of the image and makes `ref_name` mean the result. The layer holds
/// whiteouts, then the markers of opaque directories, then the insertions in their order, each a
/// directory before what is in it, names in byte order. Where insertions meet, directories become
/// one, with the metadata of the first. Sockets below a source are left out with a warning, as is
/// the directory where the layout keeps the new layer while it is made; what is mounted there is
/// inserted with one. Nothing is unpacked.
/// Throws: invalid_argument for two insertions of the same target, objects that would take each
/// other's place, a source that is a socket, a target that is the root and no directory, or owners
/// without an id in the image;
/// invalid_data for names that begin with ".wh."; not_found for a missing source; conflict for a
/// source that changes meanwhile; limit_exceeded for what could not be unpacked again.
/// Spec: layers.md 5.1; docs/formats/layers.md, Writing.
image::DescriptorPath insert(store::Layout& layout, const InsertRequest& request,
                             const InsertOptions& options);

}  // namespace umoci::bundle
