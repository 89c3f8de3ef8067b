// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/layer/places.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::layer {

/// Hard links that stand in their layer before what they are names of. Until the end of the layer
/// an empty file holds their place. Spec: layers.md B23.
class PendingLinks {
 public:
  PendingLinks(KnownDirectories& directories, Places& places)
      : directories_(directories), places_(places) {}

  /// The empty file `placeholder`, which has just been made as `name`, shall become another name of
  /// `target`.
  void add(const Place& place, std::string_view name, tree::InodeId placeholder,
           const tree::TreePath& target);
  /// Something else takes the place.
  void drop(DirectoryId directory, std::string_view name);
  [[nodiscard]] bool contains(DirectoryId directory, std::string_view name) const;

  /// Makes the links. Throws: invalid_data for targets that are missing, directories, or links that
  /// lead back to themselves.
  void end_layer();

 private:
  using Key = std::pair<DirectoryId, std::string>;
  struct Link {
    tree::InodeId placeholder;
    tree::TreePath target;
  };

  void resolve(const Key& first);
  void create(const Key& link, const Place& from, std::string_view existing_name);
  /// The place of a link, unless something else has taken it.
  [[nodiscard]] std::optional<Place> find_place(const Key& link);

  KnownDirectories& directories_;
  Places& places_;
  std::map<Key, Link> links_;
};

}  // namespace umoci::layer
