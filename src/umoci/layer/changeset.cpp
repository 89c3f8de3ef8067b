// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/changeset.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/layer/layer_metadata.hpp>
#include <umoci/layer/whiteout.hpp>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

namespace umoci::layer {
namespace {

/// The content of a file that must keep the size it had when it was looked at.
class UnchangedContent final : public io::Source {
 public:
  UnchangedContent(std::unique_ptr<io::Source> file, const tree::Entry& entry)
      : file_(std::move(file)), path_(entry.path), rest_bytes_(entry.size_bytes) {}

  [[nodiscard]] io::Bytes peek() override {
    const io::Bytes chunk = file_->peek();
    if (chunk.empty() && rest_bytes_ > 0) fail();
    return chunk.first(std::min<std::uint64_t>(chunk.size(), rest_bytes_));
  }

  void consume(std::size_t count) override {
    file_->consume(count);
    rest_bytes_ -= count;
  }

  /// To be called when all was read.
  void check_end() {
    if (rest_bytes_ > 0 || !file_->peek().empty()) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorKind::conflict,
                "file " + quoted(path_.display()) + " changed while it was read");
  }

  std::unique_ptr<io::Source> file_;
  tree::TreePath path_;
  std::uint64_t rest_bytes_;
};

class ChangesetWriter {
 public:
  ChangesetWriter(const fs::Root& root, tree::EntrySink& layer, const ChangesetOptions& options)
      : root_(root),
        layer_(layer),
        options_(options),
        log_(options.log != nullptr ? *options.log : silent_log()),
        parent_(root.directory()) {}

  void put(const mtree::Delta& change) {
    in_context([&] { return "entry " + quoted(change.path.display()); },
               [&] {
                 if (change.kind == mtree::DeltaKind::missing) {
                   put_entry(make_whiteout(change.path));
                 } else {
                   put_object(change.path);
                 }
               });
  }

  /// Throws if some owner has no id in the image.
  void check_owners() const {
    if (unmapped_count_ == 0) return;
    std::string message = "owner cannot be mapped to the container:" + unmapped_;
    if (unmapped_count_ > max_reported) {
      message += " and " + std::to_string(unmapped_count_ - max_reported) + " more";
    }
    throw Error(ErrorKind::invalid_argument, message);
  }

 private:
  /// How many paths an error message names.
  static constexpr std::size_t max_reported = 20;

  void put_object(const tree::TreePath& path) {
    if (whiteout_of(path)) {
      throw Error(ErrorKind::invalid_data,
                  "no layer can hold a name that begins with \".wh.\": " + quoted(path.display()));
    }
    tree::Entry entry = read(path);
    if (entry.type == tree::EntryType::socket) {
      log_.warn("socket is left out, no layer can hold one", {{"path", path.display()}});
      return;
    }
    const tree::InodeId inode = std::exchange(entry.inode, {});
    const bool may_be_linked =
        std::exchange(entry.link_count, 1) > 1 && entry.type != tree::EntryType::directory;
    const std::uint32_t uid = entry.uid;
    const std::uint32_t gid = entry.gid;
    if (!prepare_for_layer(entry, options_, log_)) report_unmapped(path, uid, gid);
    if (may_be_linked) {
      const auto [first, added] = names_.emplace(inode, path);
      if (!added) {
        entry.type = tree::EntryType::hard_link;
        entry.link = first->second.text();
        entry.size_bytes = 0;
        entry.device = {};
      }
    }
    if (entry.type == tree::EntryType::file) {
      put_file(entry, inode);
    } else {
      put_entry(entry);
    }
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

  [[noreturn]] static void fail_changed(const tree::TreePath& path) {
    throw Error(ErrorKind::conflict, quoted(path.display()) + " vanished since it was compared");
  }

  void report_unmapped(const tree::TreePath& path, std::uint32_t uid, std::uint32_t gid) {
    if (++unmapped_count_ > max_reported) return;
    unmapped_ += (unmapped_.empty() ? " " : ", ") + quoted(path.display()) + " of " +
                 std::to_string(uid) + ":" + std::to_string(gid);
  }

  void put_entry(const tree::Entry& entry) {
    // A layer that will be given up needs no more entries.
    if (unmapped_count_ > 0) return;
    io::BytesSource nothing{io::Bytes{}};
    layer_.put(entry, nothing);
  }

  void put_file(const tree::Entry& entry, tree::InodeId inode) {
    if (unmapped_count_ > 0) return;
    UnchangedContent content(fs::open_content(parent_, entry.path.name(), inode), entry);
    layer_.put(entry, content);
    content.check_end();
  }

  const fs::Root& root_;
  tree::EntrySink& layer_;
  const ChangesetOptions& options_;
  Log& log_;
  tree::TreePath parent_path_;
  fs::Directory parent_;
  /// First name of each object that has several.
  std::unordered_map<tree::InodeId, tree::TreePath> names_;
  std::string unmapped_;
  std::size_t unmapped_count_ = 0;
};

}  // namespace

void write_changeset(const std::vector<mtree::Delta>& changes, const fs::Root& root,
                     tree::EntrySink& layer, const ChangesetOptions& options) {
  std::vector<const mtree::Delta*> sorted;
  sorted.reserve(changes.size());
  for (const mtree::Delta& change : changes) sorted.push_back(&change);
  std::sort(sorted.begin(), sorted.end(), [](const mtree::Delta* left, const mtree::Delta* right) {
    return left->path < right->path;
  });
  ChangesetWriter writer(root, layer, options);
  for (const mtree::Delta* change : sorted) writer.put(*change);
  writer.check_owners();
}

}  // namespace umoci::layer
