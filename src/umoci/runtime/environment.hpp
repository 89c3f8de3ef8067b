// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/runtime/preferences.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::runtime {

/// True if a variable of that name is set, be it to nothing.
[[nodiscard]] bool has_variable(const std::vector<std::string>& environment, std::string_view name);

/// Sets each of `assignments` (`NAME=VALUE`) in `environment`: in place of a variable of the same
/// name, else at the end. Warns of names that `assignments` has twice. Throws: invalid_data for one
/// without name or without "=" if those are errors.
void set_variables(std::vector<std::string>& environment,
                   const std::vector<std::string>& assignments, MalformedVariables malformed,
                   Log& log);

}  // namespace umoci::runtime
