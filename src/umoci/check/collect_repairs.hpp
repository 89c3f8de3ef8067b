// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/repair.hpp>
#include <umoci/store/damaged_layout.hpp>

#include <vector>

namespace umoci::check {

/// As that in repair.hpp, of a layout that is open.
[[nodiscard]] std::vector<Repair> collect_repairs(const store::DamagedLayout& layout,
                                                  const RepairOptions& options);

}  // namespace umoci::check
