// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/metadata.hpp>

#include <string>
#include <string_view>

namespace umoci::layer {

/// Keeps the owner that a file would have if its tree did not belong to a plain user. Its value is
/// a protobuf message: field 1 the user, field 2 the group. Spec: layers.md 1.15.
inline constexpr std::string_view rootless_owner_attribute = "user.rootlesscontainers";

/// The value of the attribute. 0 needs no note, because the caller stands for root: it is written
/// as 4294967295.
[[nodiscard]] std::string encode_rootless_owner(fs::Owner owner);

/// An id that is missing is 0, and so is 4294967295. Throws: invalid_data.
[[nodiscard]] fs::Owner decode_rootless_owner(std::string_view value);

}  // namespace umoci::layer
