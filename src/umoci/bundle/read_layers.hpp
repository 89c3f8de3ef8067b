// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/image/image.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/tree/entry_source.hpp>

#include <functional>

namespace umoci::bundle {

/// Throws: unsupported, naming the media type, if a layer is stored in a way nobody here can read.
void check_layer_types(const oci::Manifest& manifest);

struct ReadLayersOptions {
  /// Threads to use, at least 1.
  unsigned jobs = 1;
  Log* log = nullptr;            ///< nullptr: silent
  Progress* progress = nullptr;  ///< nullptr: nobody wants to know
};

/// Lends the entries of each layer to `fn`, from the lowest layer to the topmost. Whatever `fn`
/// leaves unread is read all the same: the call returns only if blob digests and diff_ids are
/// right. The progress is told of the bytes of blobs and of each entry that `fn` reads.
void read_layers(const store::Layout& layout, const image::Image& image,
                 const ReadLayersOptions& options,
                 const std::function<void(tree::EntrySource& entries)>& fn);

}  // namespace umoci::bundle
