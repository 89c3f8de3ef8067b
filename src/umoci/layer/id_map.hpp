// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/id_mapping.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace umoci::layer {

/// Parses `container:host[:size]`, decimal, size 1 by default. Throws: invalid_argument for another
/// form, values beyond 32 bits, size 0 and ranges that reach beyond 4294967295.
[[nodiscard]] tree::IdMapping parse_id_mapping(std::string_view text);

/// Translates user or group ids between an image ("container") and the disk ("host"). Without
/// ranges every id is itself. 4294967295 is no id: chown takes it for "leave as it is".
class IdMap {
 public:
  IdMap() = default;
  /// Throws: invalid_argument for ranges that are empty, reach beyond 4294967295, or share an id
  /// with another one on either side: such a map could not be reversed.
  explicit IdMap(std::vector<tree::IdMapping> mappings);

  [[nodiscard]] bool is_identity() const noexcept { return mappings_.empty(); }
  [[nodiscard]] const std::vector<tree::IdMapping>& mappings() const noexcept { return mappings_; }

  /// nullopt if no range covers the id.
  [[nodiscard]] std::optional<std::uint32_t> find_host(std::uint32_t container_id) const;
  [[nodiscard]] std::optional<std::uint32_t> find_container(std::uint32_t host_id) const;
  /// Throws: invalid_argument ("container id 5 cannot be mapped to the host").
  [[nodiscard]] std::uint32_t to_host(std::uint32_t container_id) const;
  /// Throws: invalid_argument ("host id 5 cannot be mapped to the container").
  [[nodiscard]] std::uint32_t to_container(std::uint32_t host_id) const;

 private:
  std::vector<tree::IdMapping> mappings_;
};

/// How the owners in layers and on the disk relate.
struct Ownership {
  IdMap uids;
  IdMap gids;
  /// The disk's files all belong to the caller, who is not root: owners go to and come from the
  /// attribute user.rootlesscontainers, devices are stood in for by empty files.
  bool rootless = false;
};

}  // namespace umoci::layer
