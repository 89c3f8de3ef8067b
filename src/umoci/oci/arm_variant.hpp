// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace umoci::oci {

/// The platform variant of an ARM processor, "v7" or so; "unknown" if it cannot be told.
/// `cpuinfo` is the text of /proc/cpuinfo, `machine` what uname calls the processor; the second
/// counts where the first says nothing. Spec: store-and-config.md 4.
[[nodiscard]] std::string arm_variant(std::string_view cpuinfo, std::string_view machine);

}  // namespace umoci::oci
