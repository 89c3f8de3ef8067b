// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/directory.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/tree/entry_sink.hpp>

#include <string>
#include <string_view>
#include <unordered_map>

namespace umoci::layer {

/// Says that `path` is left out, as no layer can hold a socket.
void warn_of_socket(Log& log, const tree::TreePath& path);

/// Writes objects of a disk as entries of a layer: with the owner they have in the image, whole
/// seconds, the attributes that belong to the image, and the second and later names of an inode as
/// hard links. Sockets are left out with a warning. Does not finish the layer.
class ObjectWriter {
 public:
  /// Borrows both.
  ObjectWriter(tree::EntrySink& layer, const ChangesetOptions& options);

  /// Writes the object `name` of `parent`. `entry` is what the disk says of it, under the path that
  /// it has in the layer. An owner without an id in the image is kept for check_owners(); from then
  /// on nothing is written any more. Throws: invalid_data for a name that begins with ".wh.";
  /// conflict if the file is another one or changes while it is read; io, permission.
  void put(tree::Entry entry, const fs::Directory& parent, std::string_view name);

  /// Writes what comes from no disk, such as a whiteout, as it is.
  void put_made(const tree::Entry& entry);

  /// To be called after the last object. Throws: invalid_argument naming the objects whose owners
  /// have no id in the image.
  void check_owners() const;

 private:
  void report_unmapped(const tree::Entry& entry);

  tree::EntrySink& layer_;
  const ChangesetOptions& options_;
  Log& log_;
  /// First name of each object that has several.
  std::unordered_map<tree::InodeId, tree::TreePath> names_;
  std::string unmapped_;
  std::size_t unmapped_count_ = 0;
};

}  // namespace umoci::layer
