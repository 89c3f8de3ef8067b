// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/new_layer.hpp>

#include <umoci/base/error.hpp>
#include <umoci/digest/hasher.hpp>

#include <ranges>
#include <string>

namespace umoci::image {
namespace {

oci::LayerCompression stored_as(codec::Compression compression) {
  switch (compression) {
    case codec::Compression::none:
      return oci::LayerCompression::none;
    case codec::Compression::gzip:
      return oci::LayerCompression::gzip;
    case codec::Compression::zstd:
      return oci::LayerCompression::zstd;
  }
  throw Error(ErrorKind::internal, "unknown compression");
}

}  // namespace

NewLayer write_layer(store::Layout& layout, codec::Compression compression,
                     const std::function<void(io::Sink&)>& fn,
                     const codec::EncoderOptions& options) {
  const auto blob = layout.blobs().create();
  const auto compressed = codec::encoder(compression, *blob, options);
  digest::DigestSink tar_bytes(*compressed);
  fn(tar_bytes);
  tar_bytes.finish();
  compressed->finish();
  blob->finish();
  const store::StoredBlob stored = blob->commit();

  NewLayer layer;
  layer.diff_id = tar_bytes.digest();
  layer.descriptor.media_type = oci::layer_media_type(stored_as(compression));
  layer.descriptor.digest = stored.digest;
  layer.descriptor.size_bytes = static_cast<std::int64_t>(stored.size_bytes);
  if (tar_bytes.size_bytes() != stored.size_bytes) {
    layer.descriptor.annotations.emplace(oci::uncompressed_size_annotation,
                                         std::to_string(tar_bytes.size_bytes()));
  }
  return layer;
}

codec::Compression preferred_compression(const oci::Manifest& manifest) {
  for (const oci::Descriptor& layer : std::views::reverse(manifest.layers)) {
    const auto type = oci::layer_type_of(layer.media_type);
    if (!type) continue;
    if (type->compression == oci::LayerCompression::gzip) return codec::Compression::gzip;
    if (type->compression == oci::LayerCompression::zstd) return codec::Compression::zstd;
  }
  return codec::Compression::gzip;
}

}  // namespace umoci::image
