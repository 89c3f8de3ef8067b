// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <string_view>
#include <vector>

namespace umoci::cli {

/// Every command, in the order in which help lists them.
[[nodiscard]] std::vector<Command> all_commands();

// One file each.
[[nodiscard]] Command config_command();
[[nodiscard]] Command fsck_command();
[[nodiscard]] Command gc_command();
[[nodiscard]] Command init_command();
[[nodiscard]] Command insert_command();
[[nodiscard]] Command list_command();
[[nodiscard]] Command new_command();
[[nodiscard]] Command raw_add_layer_command();
[[nodiscard]] Command raw_mtree_validate_command();
[[nodiscard]] Command raw_runtime_config_command();
[[nodiscard]] Command raw_unpack_command();
[[nodiscard]] Command remove_command();
[[nodiscard]] Command repack_command();
[[nodiscard]] Command stat_command();
[[nodiscard]] Command tag_command();
[[nodiscard]] Command unpack_command();
[[nodiscard]] Command validate_command();

}  // namespace umoci::cli
