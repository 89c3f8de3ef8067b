// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/codec/codec.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci/store/layout.hpp>

#include <functional>

namespace umoci::image {

/// A stored layer that no manifest names yet.
struct NewLayer {
  oci::Descriptor descriptor;
  digest::Digest diff_id;
};

/// Stores what `fn` writes, an uncompressed tar archive, as a layer blob: hashed for the diff_id,
/// compressed, hashed again, in one pass. An exception leaves no blob. The descriptor carries the
/// uncompressed size as an annotation if it differs from the stored one.
[[nodiscard]] NewLayer write_layer(store::Layout& layout, codec::Compression compression,
                                   const std::function<void(io::Sink& tar_bytes)>& fn,
                                   const codec::EncoderOptions& options = {});

/// The compression of the topmost layer that has one; gzip if none has.
[[nodiscard]] codec::Compression preferred_compression(const oci::Manifest& manifest);

}  // namespace umoci::image
