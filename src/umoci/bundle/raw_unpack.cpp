// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/raw_unpack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/extract_layers.hpp>
#include <umoci/bundle/read_layers.hpp>
#include <umoci/bundle/rootfs_target.hpp>

#include <unistd.h>

namespace umoci::bundle {
namespace {

layer::ExtractOptions extract_options(const store::Layout& layout, const UnpackOptions& options) {
  layer::ExtractOptions extract;
  extract.ownership = options.ownership;
  extract.dirlinks = options.dirlinks;
  extract.limits = layout.limits();
  extract.stop = layout.stop();
  extract.log = options.log;
  return extract;
}

void extract(const store::Layout& layout, const image::Image& image, const RootfsTarget& target,
             const UnpackOptions& options) {
  const fs::Directory& root = target.rootfs().directory();
  fs::Metadata metadata = default_root_metadata(options.ownership);
  if (!target.is_new()) metadata.mode = std::nullopt;
  // Implied directories take their time from it. A new one stays closed for now: others shall not
  // meet what is half done.
  fs::Metadata time;
  time.mtime = metadata.mtime;
  root.apply(target.is_new() ? time : metadata);
  const RootEntry root_entry =
      extract_layers(layout, image, target.rootfs(), extract_options(layout, options),
                     {.jobs = options.jobs, .log = options.log, .progress = options.progress});
  if (root_entry == RootEntry::absent) root.apply(metadata);
}

}  // namespace

void raw_unpack(const store::Layout& layout, const image::DescriptorPath& path,
                const std::filesystem::path& directory, const UnpackOptions& options) {
  layout.hold_blobs();
  const image::Image image = image::Image::open(layout, path);
  image::check_layers(image, layout.limits());
  check_layer_types(image.manifest);
  (void)default_root_metadata(options.ownership);

  RootfsTarget target(
      directory, options.ownership.rootless ? fs::Access::grant_to_owner : fs::Access::as_granted);
  try {
    extract(layout, image, target, options);
  } catch (Error& error) {
    if (target.held_something()) {
      error.add_context(quoted(directory.native()) +
                        " was not empty: what was unpacked into it so far is left there");
    }
    throw;
  }
  if (options.durability == fs::Durability::synced &&
      ::syncfs(target.rootfs().directory().fd()) != 0) {
    throw_errno("sync " + quoted(directory.native()));
  }
  target.keep();
}

}  // namespace umoci::bundle
