// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/edit.hpp>

#include <string>
#include <string_view>

namespace umoci::cli {

/// A list of an image that `umoci config --clear` can empty.
struct ClearKey {
  std::string_view name;
  void (*clear)(image::Edit&);
};

/// Throws: invalid_argument for any other name, and for one that must not be emptied.
[[nodiscard]] const ClearKey& find_clear_key(const std::string& name);

}  // namespace umoci::cli
