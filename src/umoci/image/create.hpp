// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/descriptor.hpp>
#include <umoci/store/layout.hpp>

#include <string>
#include <string_view>

namespace umoci::image {

/// What a new image says of itself.
struct CreateOptions {
  std::string created;  ///< RFC 3339
  oci::Platform platform = oci::host_platform();
};

/// Stores an image without layers and makes `ref_name` mean it.
/// Returns its entry of the index. Spec: store-and-config.md 4 as described in
/// docs/formats/json.md.
oci::Descriptor create(store::Layout& layout, std::string_view ref_name,
                       const CreateOptions& options);

}  // namespace umoci::image
