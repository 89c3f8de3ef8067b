// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

namespace umoci::cli {

/// What this program is, what it is compatible with and what it was built with.
void print_version(std::ostream& out);

}  // namespace umoci::cli
