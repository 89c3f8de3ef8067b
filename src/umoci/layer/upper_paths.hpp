// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/layer/known_directories.hpp>

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace umoci::layer {

/// The paths that the layer at hand brought, and all their ancestors: what its own whiteouts leave
/// alone. Spec: image-spec layer.md ("whiteout files only apply to resources in lower layers").
class UpperPaths {
 public:
  explicit UpperPaths(KnownDirectories& directories) : directories_(directories) {}

  void begin_layer();
  [[nodiscard]] LayerNumber layer() const noexcept { return layer_; }

  void add_directory(DirectoryId directory);
  /// Anything else than a directory.
  void add(DirectoryId parent, std::string_view name);
  /// A link of a lower layer that stands for a directory of this one.
  void add_kept_link(DirectoryId parent, std::string_view name);
  [[nodiscard]] bool contains(DirectoryId parent, std::string_view name) const;
  /// True if this layer brought the link that is there.
  [[nodiscard]] bool brought_link(DirectoryId parent, std::string_view name) const;
  /// True if nothing of lower layers is left in a directory or what is below it.
  [[nodiscard]] bool is_all_upper(DirectoryId directory) const;

 private:
  KnownDirectories& directories_;
  LayerNumber layer_ = 0;
  using Names = std::unordered_map<DirectoryId, std::unordered_set<std::string>>;
  Names names_;
  Names kept_links_;  ///< also in names_
};

}  // namespace umoci::layer
