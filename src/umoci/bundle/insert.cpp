// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/insert.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/insert_source.hpp>
#include <umoci/bundle/inserted_paths.hpp>
#include <umoci/bundle/limited_layer.hpp>
#include <umoci/bundle/missing_parents.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/layer/mount_point_warnings.hpp>
#include <umoci/layer/object_writer.hpp>
#include <umoci/layer/whiteout.hpp>
#include <umoci/tar/writer.hpp>
#include <umoci/tree/cancellable_entries.hpp>
#include <umoci/tree/cancellable_entry_sink.hpp>
#include <umoci/tree/reported_entry_sink.hpp>

#include <climits>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace umoci::bundle {
namespace {

fs::Access access_of(const InsertOptions& options) {
  return options.ownership.rootless ? fs::Access::grant_to_owner : fs::Access::as_granted;
}

void check_target(const tree::TreePath& target, const Limits& limits) {
  check_limit(limits, &Limits::path_bytes, target.text().size());
  check_limit(limits, &Limits::path_depth, target.depth());
  std::string_view rest = target.text();
  while (!rest.empty()) {
    if (const auto name = tree::next_component(rest); name.size() > NAME_MAX) {
      throw Error(ErrorKind::invalid_argument,
                  "no file can have a name of more than 255 bytes: " + quoted(name));
    }
  }
  if (layer::whiteout_of(target)) {
    throw Error(ErrorKind::invalid_data,
                "no layer can hold a name that begins with \".wh.\": " + quoted(target.display()));
  }
}

/// Throws for what can be known to be wrong before anything is written.
void check(const InsertRequest& request, fs::Access access, const Limits& limits, Log& log) {
  for (const auto& path : request.whiteouts) {
    check_target(path, limits);
    (void)layer::make_whiteout(path);
  }
  const std::unordered_set opaque(request.opaque_directories.begin(),
                                  request.opaque_directories.end());
  for (const auto& [path, target] : request.insertions) {
    check_target(target, limits);
    const auto type = InsertSource::open(path, access).type;
    if (type == tree::EntryType::directory) continue;
    if (type == tree::EntryType::socket) {
      throw Error(ErrorKind::invalid_argument,
                  quoted(path.native()) + " is a socket, no layer can hold one");
    }
    if (target.is_root()) {
      throw Error(ErrorKind::invalid_argument, quoted(path.native()) + " is no directory: " +
                                                   "nothing else can be the root of an image");
    }
    if (opaque.contains(target)) {
      log.warn("what is no directory is marked as opaque", {{"path", target.display()}});
    }
  }
}

std::vector<tree::TreePath> targets_of(const InsertRequest& request) {
  std::vector<tree::TreePath> targets;
  targets.reserve(request.insertions.size());
  for (const Insertion& insertion : request.insertions) targets.push_back(insertion.target);
  return targets;
}

/// What the user would call an object below a source.
std::string name_of(const std::filesystem::path& source, std::string_view below) {
  if (below.starts_with('/')) below.remove_prefix(1);
  return below.empty() ? source.native() : (source / below).native();
}

tree::Entry parent_directory(const tree::TreePath& path,
                             const layer::MetadataOverrides& overrides) {
  tree::Entry entry;
  entry.path = path;
  entry.type = tree::EntryType::directory;
  entry.mode = 0755;
  entry.mtime = {.seconds = overrides.mtime.value_or(0), .nanoseconds = 0};
  return entry;
}

/// Writes what a request asks for as the entries of one layer.
class LayerContent {
 public:
  LayerContent(tree::EntrySink& layer, const layer::ChangesetOptions& options, InsertedPaths paths,
               const store::Layout& layout)
      : objects_(layer, options), options_(options), paths_(std::move(paths)), layout_(layout) {}

  void put_markers(const InsertRequest& request) {
    for (const auto& path : request.whiteouts) objects_.put_made(layer::make_whiteout(path));
    for (const auto& path : request.opaque_directories) {
      objects_.put_made(layer::make_opaque_whiteout(path));
    }
  }

  void put_parents(const std::vector<tree::TreePath>& parents) {
    for (const auto& path : parents) {
      if (!paths_.admit(path, tree::EntryType::directory)) continue;
      objects_.put_made(parent_directory(path, options_.overrides));
    }
  }

  /// The object at the insertion's source and everything below it.
  void put_tree(const Insertion& insertion, fs::Access access) {
    const InsertSource source = InsertSource::open(insertion.source, access);
    Log& log = options_.log != nullptr ? *options_.log : silent_log();
    const auto descend = [&](const tree::Entry& entry) { return !is_own_scratch(entry); };
    fs::Walker walker(source.root, {.descend = descend}, source.start);
    tree::CancellableEntries entries(walker, layout_.stop());
    layer::MountPointWarnings tree(entries, log);
    while (const tree::Entry* found = tree.next()) {
      const std::string below = found->path.text().substr(source.start.text().size());
      if (is_own_scratch(*found)) {
        log.warn("the layout that is written to is inserted, without the files of this command",
                 {{"left out", name_of(insertion.source, below)}});
        continue;
      }
      in_context([&] { return "insert " + quoted(name_of(insertion.source, below)); },
                 [&] {
                   tree::Entry entry = *found;
                   entry.path = tree::TreePath::clean(insertion.target.text() + "/" + below);
                   if (!paths_.admit(entry.path, entry.type)) return;
                   objects_.put(std::move(entry), walker.parent(), found->path.name());
                 });
    }
  }

  void finish() const { objects_.check_owners(); }

 private:
  /// The new layer is being written there, and nobody would want the beginning of it in itself.
  [[nodiscard]] bool is_own_scratch(const tree::Entry& entry) const {
    return entry.type == tree::EntryType::directory &&
           layout_.is_work_directory(entry.inode.device, entry.inode.inode);
  }

  layer::ObjectWriter objects_;
  const layer::ChangesetOptions& options_;
  InsertedPaths paths_;
  const store::Layout& layout_;
};

}  // namespace

image::DescriptorPath insert(store::Layout& layout, const InsertRequest& request,
                             const InsertOptions& options) {
  Log& log = options.log != nullptr ? *options.log : silent_log();
  const fs::Access access = access_of(options);
  check(request, access, layout.limits(), log);
  InsertedPaths paths(targets_of(request), layout.limits());
  const image::Image image = image::Image::open(layout, request.image);
  image::Edit edit(image);
  layout.require_writable();
  const auto parents = options.parents == ParentDirectories::added
                           ? find_missing_parents(layout, image, request, options)
                           : std::vector<tree::TreePath>{};

  const layer::ChangesetOptions entries_options{.ownership = options.ownership,
                                                .newest_mtime = options.newest_mtime,
                                                .overrides = options.overrides,
                                                .log = options.log};
  const auto compression =
      options.compression.value_or(image::preferred_compression(edit.manifest()));
  const PhaseReport phase(options.progress, {.activity = ProgressActivity::write_layer});
  // disk → entries → tar → compressed → blob
  const auto layer = image::write_layer(layout, compression, [&](io::Sink& tar_bytes) {
    tar::Writer archive(tar_bytes);
    LimitedLayer limited(archive, layout.limits());
    tree::ReportedEntrySink reported(limited, options.progress);
    tree::CancellableEntrySink entries(reported, layout.stop());
    LayerContent content(entries, entries_options, std::move(paths), layout);
    content.put_markers(request);
    content.put_parents(parents);
    for (const Insertion& insertion : request.insertions) content.put_tree(insertion, access);
    content.finish();
    entries.finish();
  });
  phase.finish();
  if (!options.history) {
    log.warn("new layer has no history entry: this will confuse many tools");
  }
  edit.append_layer(
      layer, options.history ? std::optional(options.history->line(edit.config())) : std::nullopt);
  return edit.commit(layout, request.ref_name);
}

}  // namespace umoci::bundle
