// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>
#include <umoci/tree/path.hpp>

#include <string>

namespace umoci::tar {

/// The frame of an Error about an entry.
[[nodiscard]] inline std::string entry_context(const tree::TreePath& path) {
  return "entry " + quoted(path.display());
}

}  // namespace umoci::tar
