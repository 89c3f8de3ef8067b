// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/changeset.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/layer/object_writer.hpp>
#include <umoci/layer/whiteout.hpp>

#include <algorithm>
#include <utility>

namespace umoci::layer {
namespace {

class ChangesetWriter {
 public:
  ChangesetWriter(const fs::Root& root, tree::EntrySink& layer, const ChangesetOptions& options)
      : root_(root), objects_(layer, options), parent_(root.directory()) {}

  void put(const mtree::Delta& change) {
    try {
      if (change.kind == mtree::DeltaKind::missing) {
        objects_.put_made(make_whiteout(change.path));
      } else {
        objects_.put(read(change.path), parent_, change.path.name());
      }
    } catch (Error& error) {
      std::string frame = "entry " + quoted(change.path.display());
      // The archive names its entries, too.
      if (!std::string_view(error.what()).starts_with(frame)) error.add_context(std::move(frame));
      throw;
    }
  }

  void finish() const { objects_.check_owners(); }

 private:
  tree::Entry read(const tree::TreePath& path) {
    if (path.is_root()) {
      tree::Entry entry = fs::entry_of(root_.directory().status());
      entry.xattrs = root_.directory().xattrs();
      return entry;
    }
    open_parent(path);
    auto entry = fs::read_entry(parent_, path.name(), path);
    if (!entry) fail_changed(path);
    return std::move(*entry);
  }

  /// Opens the directory that holds `path`.
  void open_parent(const tree::TreePath& path) {
    tree::TreePath parent_path = path.parent();
    if (parent_path == parent_path_) return;
    auto parent = root_.open_directory(parent_path);
    if (!parent) fail_changed(path);
    parent_ = std::move(*parent);
    parent_path_ = std::move(parent_path);
  }

  [[noreturn]] static void fail_changed(const tree::TreePath& path) {
    throw Error(ErrorKind::conflict, quoted(path.display()) + " vanished since it was compared");
  }

  const fs::Root& root_;
  ObjectWriter objects_;
  tree::TreePath parent_path_;
  fs::Directory parent_;
};

/// As a layer spells it: the root stands behind names that begin with "!" or "-".
std::string_view written_name(const tree::TreePath& path) {
  return path.is_root() ? std::string_view(".") : std::string_view(path.text());
}

}  // namespace

void write_changeset(const std::vector<mtree::Delta>& changes, const fs::Root& root,
                     tree::EntrySink& layer, const ChangesetOptions& options) {
  std::vector<const mtree::Delta*> sorted;
  sorted.reserve(changes.size());
  for (const mtree::Delta& change : changes) sorted.push_back(&change);
  std::sort(sorted.begin(), sorted.end(), [](const mtree::Delta* left, const mtree::Delta* right) {
    return written_name(left->path) < written_name(right->path);
  });
  const auto same = std::adjacent_find(
      sorted.begin(), sorted.end(),
      [](const mtree::Delta* one, const mtree::Delta* next) { return one->path == next->path; });
  if (same != sorted.end()) {
    throw Error(ErrorKind::internal, "two changes of " + quoted((*same)->path.display()));
  }
  ChangesetWriter writer(root, layer, options);
  for (const mtree::Delta* change : sorted) writer.put(*change);
  writer.finish();
}

}  // namespace umoci::layer
