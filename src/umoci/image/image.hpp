// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/resolve.hpp>
#include <umoci/oci/image_config.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci/store/layout.hpp>

namespace umoci::image {

/// An image as it is stored; does not change.
struct Image {
  DescriptorPath path;
  oci::Manifest manifest;
  oci::ImageConfig config;

  /// Reads manifest and configuration, verified. Throws: unsupported ("unsupported source type",
  /// with the media type) if the target is no manifest or its config no image configuration; as
  /// BlobStore::read.
  [[nodiscard]] static Image open(const store::Layout& layout, DescriptorPath path);
};

/// Reads the manifest alone. Throws: unsupported if the target is none.
[[nodiscard]] oci::Manifest read_manifest(const store::Layout& layout, const DescriptorPath& path);

/// Throws: invalid_data unless the configuration describes a tree of layers and has a diff_id for
/// each layer of the manifest; limit_exceeded for Limits::layers.
void check_layers(const Image& image, const Limits& limits);

}  // namespace umoci::image
