// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/extract_layers.hpp>

#include <umoci/bundle/read_layers.hpp>

namespace umoci::bundle {

// blob → verified → decompressed → verified → entries → disk
void extract_layers(const store::Layout& layout, const image::Image& image, const fs::Root& rootfs,
                    const layer::ExtractOptions& options, unsigned jobs) {
  layer::Extractor extractor(rootfs, options);
  read_layers(layout, image, {.jobs = jobs, .log = options.log}, [&](tree::EntrySource& entries) {
    extractor.begin_layer();
    while (const tree::Entry* entry = entries.next()) extractor.put(*entry, entries.content());
    extractor.end_layer();
  });
  extractor.finish();
}

}  // namespace umoci::bundle
