// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>

#include <string>
#include <string_view>

namespace umoci::runtime {

/// The absolute path that `path`, relative or not, means in a container, ".." stopping at its root;
/// `what` says for messages whose it is. Throws: invalid_data if it contains NUL.
[[nodiscard]] std::string clean_container_path(std::string_view path, std::string_view what);

/// Warns of a `path` that is not absolute, for which `used` is taken.
void tell_if_relative(std::string_view path, std::string_view used, std::string_view what,
                      Log& log);

}  // namespace umoci::runtime
