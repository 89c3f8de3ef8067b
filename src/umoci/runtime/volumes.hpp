// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/runtime/preferences.hpp>

#include <string>
#include <vector>

namespace umoci::runtime {

/// Mounts an image's volumes, each path once. Throws: invalid_data for a path with NUL.
void mount_volumes(Spec& spec, const std::vector<std::string>& volumes, const VolumeMounts& mounts,
                   Log& log);

}  // namespace umoci::runtime
