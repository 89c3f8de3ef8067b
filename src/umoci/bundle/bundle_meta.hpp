// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/resolve.hpp>
#include <umoci/layer/id_map.hpp>

#include <string>
#include <string_view>

namespace umoci::bundle {

/// umoci.json: where a bundle came from and how its files are owned. The same file that umoci 0.4.7
/// and 0.6.0 write and read.
struct BundleMeta {
  image::DescriptorPath from;
  layer::Ownership ownership;

  /// Throws: invalid_data for another format version than "2", a whiteout mode other than 0, or a
  /// walk that is empty.
  [[nodiscard]] static BundleMeta parse(std::string_view text);
  [[nodiscard]] std::string dump() const;
};

}  // namespace umoci::bundle
