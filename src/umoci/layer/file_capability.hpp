// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace umoci::layer {

inline constexpr std::string_view capability_attribute = "security.capability";

/// Capabilities of a file count for the root they belong to. In a layer that is the container's
/// root, which needs no mention (revision 2); on a disk where the container's root is another user,
/// that user must be named (revision 3). Values of other forms stay as they are.
/// Spec: linux/capability.h, struct vfs_ns_cap_data. Kernel: 4.14 for revision 3.
[[nodiscard]] std::string capability_for_disk(std::string_view value, std::uint32_t root_uid);

/// The reverse; a value that belongs to another root than `root_uid` stays as it is.
[[nodiscard]] std::string capability_for_layer(std::string_view value, std::uint32_t root_uid);

}  // namespace umoci::layer
