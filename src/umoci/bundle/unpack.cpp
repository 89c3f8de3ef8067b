// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/unpack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/bundle_draft.hpp>
#include <umoci/bundle/bundle_meta.hpp>
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/bundle/extract_layers.hpp>
#include <umoci/bundle/read_layers.hpp>
#include <umoci/bundle/rootfs_manifest.hpp>
#include <umoci/bundle/runtime_config.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/fs/metadata.hpp>

namespace umoci::bundle {
namespace {

/// Throws for whatever would make the work fail and can be known before anything is written.
void check_before_writing(const store::Layout& layout, const image::Image& image,
                          const UnpackOptions& options) {
  image::check_layers(image, layout.limits());
  check_layer_types(image.manifest);
  (void)default_root_metadata(options.ownership);
  if (!options.runtime_config) return;
  // Who the user is, is seen later, in the rootfs.
  runtime::ConvertOptions convert{.preferences = *options.runtime_config};
  convert.preferences.unknown_user = runtime::UnknownUser::becomes_root;
  (void)make_runtime_config(image.config, options.ownership, convert, silent_log());
}

}  // namespace

void unpack(const store::Layout& layout, const image::DescriptorPath& path,
            const std::filesystem::path& directory, const UnpackOptions& options) {
  Log& log = options.log != nullptr ? *options.log : silent_log();
  layout.hold_blobs();
  const image::Image image = image::Image::open(layout, path);
  check_before_writing(layout, image, options);

  const fs::Access access =
      options.ownership.rootless ? fs::Access::grant_to_owner : fs::Access::as_granted;
  const BundlePaths paths{directory};
  BundleDraft draft(paths, path.target().digest, access);
  const fs::Root& rootfs = draft.rootfs();
  rootfs.directory().apply(default_root_metadata(options.ownership));

  log.info("unpacking bundle", {{"bundle", directory.native()}});
  layer::ContentDigests digests;
  layer::UnheldFacts facts;
  layer::ExtractOptions extract;
  extract.ownership = options.ownership;
  extract.dirlinks = options.dirlinks;
  extract.digests = &digests;
  extract.facts = &facts;
  extract.limits = layout.limits();
  extract.paths = layer::AllPaths::limited;
  extract.stop = layout.stop();
  extract.log = &log;
  extract_layers(layout, image, rootfs, extract,
                 {.jobs = options.jobs, .log = &log, .progress = options.progress});

  BundleTexts texts;
  if (options.runtime_config) {
    texts.runtime_config =
        make_runtime_config(image.config, options.ownership,
                            {.rootfs = &rootfs, .preferences = *options.runtime_config}, log);
  }
  log.info("computing filesystem manifest");
  const mtree::Facts known{
      .known_digest = [&](const tree::Entry& entry) { return digests.find(entry.inode); },
      .image_facts = [&](const tree::Entry& entry) { return facts.find(entry); },
      .limits = layout.limits()};
  texts.mtree = format_rootfs_manifest(
      describe_rootfs(rootfs, known, layout.stop(), options.progress), paths.rootfs());
  // What repack would not read must not be written.
  check_limit(layout.limits(), &Limits::mtree_bytes, texts.mtree.size());
  texts.meta = BundleMeta{.from = path,
                          .ownership = options.ownership,
                          .mtree_digest = digest::digest_of(texts.mtree)}
                   .dump();
  draft.publish(texts, options.durability);
  log.info("unpacked image bundle", {{"bundle", directory.native()}});
}

}  // namespace umoci::bundle
