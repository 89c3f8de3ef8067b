// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/bundle_value.hpp>

#include <functional>
#include <set>
#include <string>

namespace umoci::check {

/// The types of the namespaces that the container gets for its own: those without a path to one
/// that exists.
[[nodiscard]] std::set<std::string, std::less<>> new_namespaces(const Value& config);

}  // namespace umoci::check
