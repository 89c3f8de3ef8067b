// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/driver.hpp>
#include <umoci/store/layout_directory.hpp>

#include <string>
#include <vector>

namespace umoci::store {

/// What is left in the directory of a layout, in the order of its kinds; not the work directory of
/// the caller. Throws: permission, io.
[[nodiscard]] std::vector<Leftover> find_leftovers(const LayoutDirectory& layout,
                                                   const std::string& own_work_directory = {});

/// False if a writer owns it by now. Throws: permission, io.
bool remove_leftover(const LayoutDirectory& layout, const Leftover& leftover);

}  // namespace umoci::store
