// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/extract_layers.hpp>

namespace umoci::bundle {

fs::Metadata default_root_metadata(const layer::Ownership& ownership) {
  fs::Metadata metadata;
  metadata.owner = {.uid = ownership.uids.to_host(0), .gid = ownership.gids.to_host(0)};
  metadata.mode = 0755;
  metadata.mtime = Time{};
  return metadata;
}

// blob → verified → decompressed → verified → entries → disk
RootEntry extract_layers(const store::Layout& layout, const image::Image& image,
                         const fs::Root& rootfs, const layer::ExtractOptions& options,
                         const ReadLayersOptions& reading) {
  RootEntry root_entry = RootEntry::absent;
  layer::Extractor extractor(rootfs, options);
  read_layers(layout, image, reading, [&](tree::EntrySource& entries) {
    extractor.begin_layer();
    while (const tree::Entry* entry = entries.next()) {
      if (entry->path.is_root()) root_entry = RootEntry::present;
      extractor.put(*entry, entries.content());
    }
    extractor.end_layer();
  });
  extractor.finish();
  return root_entry;
}

}  // namespace umoci::bundle
