// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <umoci/layer/id_map.hpp>

namespace umoci::cli {

/// What --rootless=subid means: root is the caller, and the ids from 1 on are those that
/// /etc/subuid and /etc/subgid let the caller map. Throws: invalid_argument for mappings that are
/// given, too, and for ranges that overlap; not_found for a file that is missing or has no range
/// for the caller; as read_input().
[[nodiscard]] layer::Ownership subid_ownership(const Invocation& line);

}  // namespace umoci::cli
