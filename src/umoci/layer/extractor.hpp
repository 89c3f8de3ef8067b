// SPDX-License-Identifier: Apache-2.0
#pragma once

// Layers as changes to a tree: applying them to a disk, and finding and writing them. Sees entries;
// must not know of tar bytes, stores or JSON. Read first: Extractor, write_changeset().

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/layer/content_digests.hpp>
#include <umoci/layer/id_map.hpp>
#include <umoci/layer/unheld_facts.hpp>
#include <umoci/tree/entry_sink.hpp>

#include <memory>
#include <stop_token>

namespace umoci::layer {

/// What becomes of a link to a directory where a layer has a directory.
enum class Dirlinks {
  replace,
  keep,  ///< it stays, and what is below goes through it (inside the tree)
};

/// Whether all paths of the tree must fit into memory together.
enum class AllPaths {
  unlimited,
  limited,  ///< by Limits::tree_path_bytes: a manifest of the tree is to follow
};

struct ExtractOptions {
  Ownership ownership;
  Dirlinks dirlinks = Dirlinks::replace;
  /// Gets the SHA-256 of each file written, taken on the way; nullptr: none are computed.
  ContentDigests* digests = nullptr;
  /// Gets what the disk could not hold: the devices that files stand in for and, without root, the
  /// owners of links and fifos. nullptr: that is lost.
  UnheldFacts* facts = nullptr;
  Limits limits;
  AllPaths paths = AllPaths::unlimited;
  /// Once requested, what takes long without reading entries throws cancelled.
  std::stop_token stop;
  Log* log = nullptr;  ///< nullptr: silent
};

/// Applies the entries of one layer after the other to a tree on disk. Whiteouts hide what lower
/// layers brought, wherever they stand in their own layer. Directories get their final mode, times
/// and attributes in finish(), deepest first; until then the caller's umask does not matter and
/// they are closed to others. Throws: invalid_data for entries no layer may have, unsafe_path, io,
/// no_space, invalid_argument for ids that cannot be mapped, limit_exceeded. Spec: image-spec
/// layer.md; layers.md 1.4 to 1.16 as described in docs/formats/layers.md.
class Extractor final : public tree::EntrySink {
 public:
  Extractor(const fs::Root& root, ExtractOptions options);
  ~Extractor() override;

  /// To be called before the first entry of each layer, and after its last one.
  void begin_layer();
  void end_layer();

  void put(const tree::Entry& entry, io::Source& content) override;

  /// Gives all directories their metadata. After the last layer.
  void finish() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace umoci::layer
