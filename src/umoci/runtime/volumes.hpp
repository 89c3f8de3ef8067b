// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/runtime/preferences.hpp>
#include <umoci/runtime/system.hpp>

#include <string>
#include <vector>

namespace umoci::runtime {

struct VolumeWishes {
  const VolumeMounts& mounts;
  System system = System::linux_kernel;
};

/// Mounts an image's volumes, each path once. Warns of those that hide what the configuration
/// mounts into every container. Throws: invalid_data for a path with NUL.
void mount_volumes(Spec& spec, const std::vector<std::string>& volumes, const VolumeWishes& wishes,
                   Log& log);

}  // namespace umoci::runtime
