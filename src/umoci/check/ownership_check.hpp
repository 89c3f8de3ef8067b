// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/findings.hpp>
#include <umoci/check/layout_files.hpp>

#include <string>
#include <vector>

namespace umoci::check {

/// Reports how many of the files in one directory of the layout belong to somebody else than the
/// layout, how many cannot be read by all who can read the layout, and how many have a mode with
/// which they are of no use (L12).
void check_ownership(const LayoutFiles& files, const std::string& directory,
                     const std::vector<std::string>& names, Findings& findings);

}  // namespace umoci::check
