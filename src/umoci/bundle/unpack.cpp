// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/unpack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/bundle_draft.hpp>
#include <umoci/bundle/bundle_meta.hpp>
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/bundle/extract_layers.hpp>
#include <umoci/bundle/read_layers.hpp>
#include <umoci/bundle/rootfs_manifest.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/runtime/convert.hpp>

#include <limits>

namespace umoci::bundle {
namespace {

/// A runtime wants mappings of both kinds or of none: where only the other kind was given, every id
/// is itself.
std::vector<tree::IdMapping> mappings_for_runtime(const layer::IdMap& own,
                                                  const layer::IdMap& other) {
  if (!own.is_identity() || other.is_identity()) return own.mappings();
  return {{.container_id = 0, .host_id = 0, .size = std::numeric_limits<std::uint32_t>::max()}};
}

/// `rootfs` may be nullptr: users are not looked up then.
std::string make_runtime_config(const image::Image& image, const fs::Root* rootfs,
                                const layer::Ownership& ownership, Log& log) {
  runtime::ConvertOptions convert;
  convert.rootfs = rootfs;
  convert.uid_mappings = mappings_for_runtime(ownership.uids, ownership.gids);
  convert.gid_mappings = mappings_for_runtime(ownership.gids, ownership.uids);
  convert.privilege = ownership.rootless ? runtime::Privilege::rootless : runtime::Privilege::root;
  return runtime::make_runtime_config(image.config, convert, log);
}

/// Throws for whatever would make the work fail and can be known before anything is written.
void check_before_writing(const store::Layout& layout, const image::Image& image,
                          const layer::Ownership& ownership) {
  image::check_layers(image, layout.limits());
  check_layer_types(image.manifest);
  (void)default_root_metadata(ownership);
  (void)make_runtime_config(image, nullptr, ownership, silent_log());
}

}  // namespace

void unpack(const store::Layout& layout, const image::DescriptorPath& path,
            const std::filesystem::path& directory, const UnpackOptions& options) {
  Log& log = options.log != nullptr ? *options.log : silent_log();
  const image::Image image = image::Image::open(layout, path);
  check_before_writing(layout, image, options.ownership);

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
  extract_layers(layout, image, rootfs, extract, options.jobs);

  BundleTexts texts;
  texts.runtime_config = make_runtime_config(image, &rootfs, options.ownership, log);
  log.info("computing filesystem manifest");
  const mtree::Facts known{
      .known_digest = [&](const tree::Entry& entry) { return digests.find(entry.inode); },
      .image_facts = [&](const tree::Entry& entry) { return facts.find(entry); },
      .limits = layout.limits()};
  texts.mtree =
      format_rootfs_manifest(describe_rootfs(rootfs, known, layout.stop()), paths.rootfs());
  // What repack would not read must not be written.
  check_limit(layout.limits(), &Limits::mtree_bytes, texts.mtree.size());
  texts.meta = BundleMeta{.from = path,
                          .ownership = options.ownership,
                          .mtree_digest = digest::digest_of(texts.mtree)}
                   .dump();
  draft.publish(texts);
  log.info("unpacked image bundle", {{"bundle", directory.native()}});
}

}  // namespace umoci::bundle
