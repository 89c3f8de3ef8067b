// SPDX-License-Identifier: Apache-2.0
#pragma once

// Image-spec documents as plain data: parse, look, change, dump. No I/O, no digests of blobs.
// Members that are not understood survive every edit. Read first: Descriptor, Manifest,
// ImageConfig.

#include <optional>
#include <string>
#include <string_view>

namespace umoci::oci {

namespace media_type {
inline constexpr std::string_view layout_header = "application/vnd.oci.layout.header.v1+json";
inline constexpr std::string_view descriptor = "application/vnd.oci.descriptor.v1+json";
inline constexpr std::string_view index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view image_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view empty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view layer = "application/vnd.oci.image.layer.v1.tar";
}  // namespace media_type

/// What a media type stands for. Docker's types are aliases. Compared without parameters and
/// without regard to case (RFC 6838).
enum class DocumentKind { descriptor, index, manifest, image_config, empty, layer, other };
[[nodiscard]] DocumentKind kind_of(std::string_view media_type);
[[nodiscard]] bool is_docker(std::string_view media_type);

enum class LayerCompression { none, gzip, zstd, sniff };
struct LayerType {
  LayerCompression compression = LayerCompression::none;
  bool nondistributable = false;
};
/// How a layer of this type is stored; nullopt if it is no layer type, or a compression nobody
/// knows. Docker's plain type may hold compressed bytes: `sniff`.
[[nodiscard]] std::optional<LayerType> layer_type_of(std::string_view media_type);

/// `base` with "+gzip", "+zstd" or nothing. Spec: image-spec layer.md.
[[nodiscard]] std::string layer_media_type(LayerCompression compression);

}  // namespace umoci::oci
