// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/runtime_config.hpp>

#include <cstdint>
#include <limits>
#include <vector>

namespace umoci::bundle {
namespace {

/// A runtime wants mappings of both kinds or of none: where only the other kind was given, every id
/// is itself.
std::vector<tree::IdMapping> mappings_for_runtime(const layer::IdMap& own,
                                                  const layer::IdMap& other) {
  if (!own.is_identity() || other.is_identity()) return own.mappings();
  return {{.container_id = 0, .host_id = 0, .size = std::numeric_limits<std::uint32_t>::max()}};
}

}  // namespace

std::string make_runtime_config(const oci::ImageConfig& config, const layer::Ownership& ownership,
                                runtime::ConvertOptions options, Log& log) {
  options.uid_mappings = mappings_for_runtime(ownership.uids, ownership.gids);
  options.gid_mappings = mappings_for_runtime(ownership.gids, ownership.uids);
  options.privilege = ownership.rootless ? runtime::Privilege::rootless : runtime::Privilege::root;
  return runtime::make_runtime_config(config, options, log);
}

}  // namespace umoci::bundle
