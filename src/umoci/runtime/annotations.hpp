// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/image_config.hpp>

#include <map>
#include <string>

namespace umoci::runtime {

/// What of an image becomes annotations of its container; the image's labels win.
/// Spec: image-spec conversion.md, Annotation Fields; store-and-config.md 5.4 and 5.6.
[[nodiscard]] std::map<std::string, std::string> annotations_of(const oci::ImageConfig& config);

}  // namespace umoci::runtime
