// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/resolve.hpp>
#include <umoci/oci/image_config.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci/store/layout.hpp>

#include <optional>

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

/// A manifest as it is stored: that of an image, or of an artifact, whose config can be anything
/// and is not read.
struct StoredManifest {
  DescriptorPath path;
  oci::Manifest manifest;
  std::optional<oci::ImageConfig> config;  ///< absent: an artifact

  /// Throws: unsupported if the target is no manifest; as BlobStore::read.
  [[nodiscard]] static StoredManifest open(const store::Layout& layout, DescriptorPath path);

  /// Throws: unsupported, with the media type of the config, for an artifact.
  [[nodiscard]] const oci::ImageConfig& require_config() const;
  [[nodiscard]] oci::ImageConfig& require_config();
};

/// Reads the manifest alone. Throws: unsupported if the target is none.
[[nodiscard]] oci::Manifest read_manifest(const store::Layout& layout, const DescriptorPath& path);

/// Throws: invalid_data unless the configuration describes a tree of layers and has a diff_id for
/// each layer of the manifest; limit_exceeded for Limits::layers.
void check_layers(const Image& image, const Limits& limits);

}  // namespace umoci::image
