// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/edit.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// What `umoci config --clear` can empty; "all" is everything else that has a name here.
struct ClearKey {
  std::string_view name;
  std::string_view alias;  ///< the flag that sets it may be called otherwise; empty: none
  void (*clear)(image::Edit&);
};

/// Throws: invalid_argument for any other name, and for one that must not be emptied.
[[nodiscard]] const ClearKey& find_clear_key(const std::string& name);

/// The names of all keys.
[[nodiscard]] std::vector<std::string> clear_key_names();

}  // namespace umoci::cli
