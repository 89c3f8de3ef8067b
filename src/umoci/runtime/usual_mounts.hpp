// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>

#include <optional>
#include <string>

namespace umoci::runtime {

/// The absolute path of the destination of a configuration's mount; nullopt if it contains NUL, and
/// so can be none.
[[nodiscard]] std::optional<std::string> clean_destination(const oci::Json& mount);

/// True for what the built-in configurations mount into every container, such as proc at /proc.
[[nodiscard]] bool is_usual_mount(const oci::Json& mount);

}  // namespace umoci::runtime
