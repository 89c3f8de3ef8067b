// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/image/resolve.hpp>
#include <umoci/layer/id_map.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace umoci::bundle {

/// umoci.json: where a bundle came from and how its files are owned. The same file that umoci 0.4.7
/// and 0.6.0 write and read, with one member more, which they skip.
struct BundleMeta {
  image::DescriptorPath from;
  layer::Ownership ownership;
  /// Of the bytes of the mtree file. Absent in bundles that another umoci made or refreshed.
  std::optional<digest::Digest> mtree_digest = std::nullopt;

  /// Throws: invalid_data for another format version than "2", a whiteout mode other than 0, a walk
  /// that is empty, or a digest that is none.
  [[nodiscard]] static BundleMeta parse(std::string_view text);
  [[nodiscard]] std::string dump() const;
};

}  // namespace umoci::bundle
