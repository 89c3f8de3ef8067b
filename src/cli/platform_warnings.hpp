// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>

#include <string_view>

namespace umoci::cli {

// Registries and runtimes compare the names of platforms; a wrong one makes an image that nothing
// matches. An empty name says on purpose that there is none.

/// Warns if Go has no operating system of that name, which was given with `flag`.
void warn_of_unknown_os(std::string_view flag, std::string_view name, Log& log);
/// Warns if Go has no processor of that name, which was given with `flag`.
void warn_of_unknown_architecture(std::string_view flag, std::string_view name, Log& log);

}  // namespace umoci::cli
