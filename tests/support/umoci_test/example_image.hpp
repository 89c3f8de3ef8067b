// SPDX-License-Identifier: Apache-2.0
#pragma once

// Small images to build layouts from. A test program that includes this links umoci_store.

#include <umoci/oci/image_config.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/store/ref_name.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::test {

/// Stores `text` and describes it.
inline oci::Descriptor put_document(store::Layout& layout, std::string_view media_type,
                                    std::string_view text,
                                    digest::Algorithm algorithm = digest::Algorithm::sha256) {
  const store::StoredBlob blob = layout.blobs().put(text, algorithm);
  oci::Descriptor descriptor;
  descriptor.media_type = media_type;
  descriptor.digest = blob.digest;
  descriptor.size_bytes = static_cast<std::int64_t>(blob.size_bytes);
  return descriptor;
}

/// An image whose one "layer" is any text: nothing in store and image looks inside.
struct ExampleImage {
  std::string layer = "layer";
  std::string architecture = "amd64";
  std::string variant;

  [[nodiscard]] oci::ImageConfig config() const {
    oci::ImageConfig config(architecture, "linux");
    if (!variant.empty()) config.set_variant(variant);
    config.append_diff_id(digest::digest_of(layer));
    oci::History line;
    line.created_by = "test";
    config.append_history(line);
    return config;
  }

  /// Stores layer, configuration and manifest; describes the manifest.
  [[nodiscard]] oci::Descriptor put(store::Layout& layout) const {
    oci::Manifest manifest;
    manifest.media_type = oci::media_type::manifest;
    manifest.config = put_document(layout, oci::media_type::image_config, config().dump());
    manifest.layers.push_back(put_document(layout, oci::media_type::layer, layer));
    return put_document(layout, oci::media_type::manifest, manifest.dump());
  }
};

/// Stores an index of these and describes it.
inline oci::Descriptor put_index(store::Layout& layout, std::vector<oci::Descriptor> manifests) {
  oci::Index index;
  index.manifests = std::move(manifests);
  return put_document(layout, oci::media_type::index, index.dump());
}

/// Makes `name` mean `target`.
inline void tag(store::Layout& layout, std::string_view name, const oci::Descriptor& target) {
  layout.update_index([&](oci::Index& index) { store::set_ref(index, name, target); });
}

}  // namespace umoci::test
