// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace umoci::runtime {

/// What an image for Linux starts from that asks for nothing.
enum class Profile {
  umoci,    ///< what umoci has always started from
  docker,   ///< what Docker gives a container, but for seccomp, AppArmor and sysctls
  minimal,  ///< the least that a usual program needs: no capabilities, few mounts
};

}  // namespace umoci::runtime
