// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/repack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/bundle_meta.hpp>
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/bundle/limited_layer.hpp>
#include <umoci/bundle/rootfs_manifest.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/tar/writer.hpp>
#include <umoci/tree/cancellable_entries.hpp>

#include <unistd.h>

namespace umoci::bundle {
namespace {

constexpr std::uint64_t meta_limit_bytes = 16ULL << 20U;
constexpr std::uint64_t mtree_limit_bytes = 8ULL << 30U;

BundleMeta read_meta(const BundlePaths& paths) {
  try {
    return BundleMeta::parse(fs::read_file(paths.meta(), meta_limit_bytes));
  } catch (Error& error) {
    error.add_context(quoted(paths.directory.native()) + " is no umoci bundle");
    throw;
  }
}

image::Image open_source(const store::Layout& layout, const BundleMeta& meta) {
  return in_context(
      [&] {
        return "source image of the bundle (manifest " + meta.from.target().digest.text() + ")";
      },
      [&] { return image::Image::open(layout, meta.from); });
}

/// A bundle, opened for repacking.
struct Source {
  BundlePaths paths;
  BundleMeta meta;
  fs::Root rootfs;
  mtree::Manifest manifest;
};

Source open_bundle(const std::filesystem::path& directory, BundleMeta meta) {
  const BundlePaths paths{directory};
  const auto mtree_path = paths.mtree(meta.from.target().digest);
  auto manifest = in_context(
      [&] { return "manifest of the bundle " + quoted(mtree_path.native()); },
      [&] { return mtree::Manifest::parse(fs::read_file(mtree_path, mtree_limit_bytes)); });
  const fs::Access access =
      meta.ownership.rootless ? fs::Access::grant_to_owner : fs::Access::as_granted;
  fs::Root rootfs = fs::Root::open(paths.rootfs(), {.access = access});
  return {paths, std::move(meta), std::move(rootfs), std::move(manifest)};
}

std::vector<tree::TreePath> collect_masks(const oci::ImageConfig& config,
                                          const RepackOptions& options) {
  std::vector<tree::TreePath> masks = options.masks;
  if (options.volume_masks == VolumeMasks::apply) {
    for (const auto& volume : config.volumes()) masks.push_back(tree::TreePath::clean(volume));
  }
  return masks;
}

// disk + manifest → deltas → entries → tar → compressed → blob
image::NewLayer write_layer(store::Layout& layout, const image::Edit& edit, const Source& bundle,
                            const std::vector<mtree::Delta>& changes,
                            const RepackOptions& options) {
  const auto compression =
      options.compression.value_or(image::preferred_compression(edit.manifest()));
  return image::write_layer(layout, compression, [&](io::Sink& tar_bytes) {
    tar::Writer archive(tar_bytes);
    LimitedLayer entries(archive, layout.limits());
    layer::write_changeset(changes, bundle.rootfs, entries,
                           {.ownership = bundle.meta.ownership,
                            .newest_mtime = options.newest_mtime,
                            .log = options.log});
    entries.finish();
  });
}

/// Makes the bundle one of the image at `path`. Each file is replaced as a whole, umoci.json last:
/// it names the mtree file that counts.
void refresh(const Source& bundle, const mtree::Manifest& manifest,
             const image::DescriptorPath& path) {
  const auto write = [](const std::filesystem::path& file, mode_t mode, const std::string& text) {
    fs::AtomicFile atomic(file, mode);
    atomic.write(io::as_bytes(text));
    atomic.finish();
    atomic.commit();
  };
  const auto old_mtree = bundle.paths.mtree(bundle.meta.from.target().digest);
  const auto new_mtree = bundle.paths.mtree(path.target().digest);
  write(new_mtree, 0644, format_rootfs_manifest(manifest, bundle.paths.rootfs()));
  write(bundle.paths.meta(), 0666,
        BundleMeta{.from = path, .ownership = bundle.meta.ownership}.dump());
  if (old_mtree != new_mtree && ::unlink(old_mtree.c_str()) != 0) {
    throw_errno("remove " + quoted(old_mtree.native()));
  }
}

}  // namespace

image::DescriptorPath repack(store::Layout& layout, std::string_view ref_name,
                             const std::filesystem::path& directory, const RepackOptions& options) {
  Log& log = options.log != nullptr ? *options.log : silent_log();
  BundleMeta meta = read_meta({directory});
  image::Edit edit(open_source(layout, meta));
  const Source bundle = open_bundle(directory, std::move(meta));
  layout.require_writable();

  log.info("computing filesystem diff", {{"bundle", directory.native()}});
  fs::Walker walker(bundle.rootfs);
  tree::CancellableEntries entries(walker, layout.stop());
  const auto deltas = mtree::compare(bundle.manifest, entries, {});
  const auto masks = collect_masks(edit.config(), options);
  const auto changes = layer::select_changes(deltas, masks);
  log.info("computed filesystem diff", {{"changes", std::to_string(changes.size())}});

  const auto history =
      options.history ? std::optional(options.history->line(edit.config())) : std::nullopt;
  if (changes.empty()) {
    edit.declare_media_type();
    if (history) edit.append_history(*history);
  } else {
    edit.append_layer(write_layer(layout, edit, bundle, changes, options), history);
    if (!history) log.warn("new layer has no history entry: this will confuse many tools");
  }
  const auto old_digest = bundle.meta.from.target().digest;
  auto path = edit.commit(layout, ref_name);
  log.info("new image manifest created",
           {{"digest", old_digest.text() + "->" + path.target().digest.text()}});

  if (options.refresh == RefreshBundle::yes) {
    refresh(bundle, refresh_manifest(bundle.manifest, deltas, masks, bundle.rootfs), path);
  }
  return path;
}

}  // namespace umoci::bundle
