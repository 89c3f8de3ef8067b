// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/create.hpp>

#include <umoci/oci/image_config.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci/oci/platform.hpp>
#include <umoci/store/ref_name.hpp>

namespace umoci::image {
namespace {

oci::Descriptor put(store::Layout& layout, std::string_view media_type, std::string_view document) {
  const store::StoredBlob blob = layout.blobs().put(document);
  oci::Descriptor descriptor;
  descriptor.media_type = media_type;
  descriptor.digest = blob.digest;
  descriptor.size_bytes = static_cast<std::int64_t>(blob.size_bytes);
  return descriptor;
}

}  // namespace

oci::Descriptor create(store::Layout& layout, std::string_view ref_name,
                       const CreateOptions& options) {
  layout.require_writable();
  // A damaged index is found before blobs are stored that nothing would lead to.
  (void)layout.read_index();
  oci::ImageConfig config(options.platform.architecture, options.platform.os);
  config.set_created(options.created);
  config.set_variant(options.platform.variant);

  oci::Manifest manifest;
  manifest.media_type = oci::media_type::manifest;
  manifest.config = put(layout, oci::media_type::image_config, config.dump());
  oci::Descriptor descriptor = put(layout, oci::media_type::manifest, manifest.dump());
  descriptor.annotations[std::string(oci::ref_name_annotation)] = ref_name;
  layout.update_index([&](oci::Index& index) { store::set_ref(index, ref_name, descriptor); });
  return descriptor;
}

}  // namespace umoci::image
