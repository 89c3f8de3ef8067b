// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace umoci::layer {

/// True if this process is not in the initial user namespace, where root may make devices and set
/// any attribute. Spec: layers.md 1.8.
[[nodiscard]] bool in_user_namespace();

/// What the text of /proc/self/uid_map says.
[[nodiscard]] bool is_user_namespace_map(std::string_view uid_map);

}  // namespace umoci::layer
