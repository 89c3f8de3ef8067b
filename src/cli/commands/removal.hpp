// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <umoci/base/log.hpp>
#include <umoci/image/edit.hpp>

#include <string>
#include <vector>

namespace umoci::cli {

/// One entry that a line of `umoci config` takes out of a list, a set or a map of the image.
struct Removal {
  std::string_view flag;
  std::string name;
  bool (*remove)(image::Edit&, const std::string& name);  ///< false: there was none
};

/// The flags whose names end in `.rm`.
[[nodiscard]] std::vector<Flag> removal_flags();
/// Throws: invalid_argument for a name that nothing can have.
[[nodiscard]] std::vector<Removal> parse_removals(const ParsedFlags& flags);
/// What is not there is told at level info.
void apply(const std::vector<Removal>& removals, image::Edit& edit, Log& log);

}  // namespace umoci::cli
