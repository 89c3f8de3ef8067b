// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/repack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/limited_layer.hpp>
#include <umoci/bundle/opened_bundle.hpp>
#include <umoci/bundle/rootfs_manifest.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/image/platform_choice.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/layer/linked_names.hpp>
#include <umoci/layer/mount_point_warnings.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/tar/writer.hpp>
#include <umoci/tree/cancellable_entries.hpp>
#include <umoci/tree/reported_entries.hpp>
#include <umoci/tree/reported_entry_sink.hpp>

#include <fmt/format.h>

#include <utility>

namespace umoci::bundle {
namespace {

image::Image open_source(const store::Layout& layout, const BundleMeta& meta) {
  return in_context([] { return std::string("source image of the bundle"); },
                    [&] { return image::Image::open(layout, meta.from); });
}

void check_platform(const oci::ImageConfig& config, const std::optional<oci::Platform>& wanted) {
  const oci::Platform platform = config.platform();
  if (!wanted || image::platform_distance(*wanted, platform)) return;
  throw Error(ErrorKind::invalid_argument, "the bundle is of an image for " +
                                               quoted(oci::platform_name(platform)) + ", not " +
                                               quoted(oci::platform_name(*wanted)));
}

/// A name that the bundle did not come from cannot have moved away under it.
void check_name(const image::DescriptorPath& from, std::string_view ref_name,
                image::OnMoved on_moved) {
  const auto own = from.root().ref_name();
  if (on_moved == image::OnMoved::warn || own == ref_name) return;
  throw Error(ErrorKind::invalid_argument,
              fmt::format("the bundle came from {}: there is no telling whether tag {} has moved",
                          own ? "tag " + quoted(*own) : "no tag", quoted(ref_name)));
}

layer::Masks collect_masks(const oci::ImageConfig& config, const RepackOptions& options) {
  layer::Masks masks{.paths = options.masks, .globs = options.mask_globs};
  if (options.volume_masks == VolumeMasks::apply) {
    for (const auto& volume : config.volumes()) {
      masks.paths.push_back(tree::TreePath::clean(volume));
    }
  }
  return masks;
}

void warn_of_contradiction(const OwnershipClaim& claim, const layer::Ownership& bundle, Log& log) {
  const auto differ = [](const std::optional<layer::IdMap>& claimed, const layer::IdMap& map) {
    return claimed && claimed->mappings() != map.mappings();
  };
  if (!differ(claim.uids, bundle.uids) && !differ(claim.gids, bundle.gids) &&
      claim.rootless.value_or(bundle.rootless) == bundle.rootless) {
    return;
  }
  log.warn("the bundle was unpacked with another ownership than the arguments say: its own counts");
}

/// What is to be packed.
struct Changeset {
  const std::vector<mtree::Delta>& changes;
  const fs::Root& rootfs;
  const mtree::Manifest& unpacked;
  const layer::Ownership& ownership;
};

// disk + manifest → deltas → entries → tar → compressed → blob
image::NewLayer write_layer(store::Layout& layout, const image::Edit& edit,
                            const Changeset& changeset, const RepackOptions& options) {
  const auto compression =
      options.compression.value_or(image::preferred_compression(edit.manifest()));
  const PhaseReport phase(options.progress, {.activity = ProgressActivity::write_layer,
                                             .total_entries = changeset.changes.size()});
  auto layer = image::write_layer(layout, compression, [&](io::Sink& tar_bytes) {
    tar::Writer archive(tar_bytes);
    LimitedLayer limited(archive, layout.limits());
    tree::ReportedEntrySink entries(limited, options.progress);
    const auto facts = [&](const tree::Entry& entry) { return changeset.unpacked.facts_of(entry); };
    layer::write_changeset(changeset.changes, changeset.rootfs, entries,
                           {.ownership = changeset.ownership,
                            .newest_mtime = options.newest_mtime,
                            .facts = facts,
                            .log = options.log});
    entries.finish();
  });
  phase.finish();
  return layer;
}

/// What a repack does to an image.
class Change {
 public:
  Change(std::optional<image::NewLayer> layer, const RepackOptions& options)
      : layer_(std::move(layer)), options_(options) {}

  void apply(image::Edit& edit) const {
    const auto history =
        options_.history ? std::optional(options_.history->line(edit.config())) : std::nullopt;
    if (layer_) {
      edit.append_layer(*layer_, history);
      return;
    }
    edit.declare_media_type();
    if (history) edit.append_history(*history);
  }

 private:
  std::optional<image::NewLayer> layer_;
  const RepackOptions& options_;
};

image::CommitOptions commit_options(const RepackOptions& options) {
  // What is above the layers that the tree shows is not in the tree: the bundle cannot be
  // refreshed.
  return {.on_moved = options.on_moved,
          .layers_above = options.refresh == RefreshBundle::yes ? image::LayersAbove::refused
                                                                : image::LayersAbove::allowed};
}

}  // namespace

image::DescriptorPath repack(store::Layout& layout, std::string_view ref_name,
                             const std::filesystem::path& directory, const RepackOptions& options) {
  Log& log = options.log != nullptr ? *options.log : silent_log();
  OpenedBundle bundle(directory);
  warn_of_contradiction(options.claim, bundle.meta().ownership, log);
  check_name(bundle.meta().from, ref_name, options.on_moved);
  image::Edit edit(open_source(layout, bundle.meta()));
  check_platform(edit.config(), options.platform);
  const mtree::Manifest manifest = bundle.read_manifest(layout.limits());
  const fs::Root rootfs = bundle.open_rootfs();
  layout.require_writable();
  image::CommitOptions commit = commit_options(options);
  edit.require_unmoved(layout, ref_name, commit);

  log.info("computing filesystem diff", {{"bundle", directory.native()}});
  const PhaseReport comparison(options.progress, {.activity = ProgressActivity::compare_rootfs});
  fs::Walker walker(rootfs);
  tree::CancellableEntries entries(walker, layout.stop());
  tree::ReportedEntries reported(entries, options.progress);
  layer::MountPointWarnings warned_of(reported, log);
  layer::LinkedNames tree(warned_of);
  const auto deltas = mtree::compare(manifest, tree, {});
  comparison.finish();
  const auto masks = collect_masks(edit.config(), options);
  const auto changes = layer::select_changes(tree.completed(deltas, masks), masks, &log);
  log.info("computed filesystem diff", {{"changes", std::to_string(changes.size())}});

  std::optional<image::NewLayer> layer;
  if (!changes.empty()) {
    const Changeset changeset{changes, rootfs, manifest, bundle.meta().ownership};
    layer = write_layer(layout, edit, changeset, options);
    if (!options.history) log.warn("new layer has no history entry: this will confuse many tools");
  }
  const Change change(std::move(layer), options);
  change.apply(edit);
  commit.changes = [&](image::Edit& other) { change.apply(other); };
  auto path = edit.commit(layout, ref_name, commit);

  // A dry run made no image that the bundle could be one of.
  if (options.refresh == RefreshBundle::yes && !layout.foreseen()) {
    const auto left_behind = tree.left_behind(changes, masks);
    bundle.refresh(refresh_manifest({.old = manifest,
                                     .rootfs = rootfs,
                                     .deltas = deltas,
                                     .masks = masks,
                                     .left_behind = left_behind,
                                     .progress = options.progress}),
                   path);
  }
  return path;
}

}  // namespace umoci::bundle
