// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/container_path.hpp>
#include <umoci/runtime/spec.hpp>
#include <umoci/runtime/usual_mounts.hpp>

#include <set>
#include <utility>

namespace umoci::runtime {

using oci::Json;

void Spec::put_mounts(const std::vector<Mount>& added) {
  std::set<std::string> destinations;
  for (const Mount& mount : added) {
    destinations.insert(clean_container_path(mount.destination, "mount"));
  }
  // All at once: there can be hundreds of thousands on both sides.
  std::erase_if(mounts(), [&](const Json& mount) {
    const std::optional<std::string> destination = clean_destination(mount);
    return destination && destinations.contains(*destination) && !is_usual_mount(mount);
  });
  for (const Mount& mount : added) {
    mounts().emplace_back(Json::Object{{"destination", mount.destination},
                                       {"type", mount.type},
                                       {"source", mount.source},
                                       {"options", to_json(mount.options)}});
  }
}

}  // namespace umoci::runtime
