// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/platform.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace umoci::oci {

/// Reads `os/architecture` or `os/architecture/variant` in Go's names; those that uname prints for
/// common processors (x86_64, aarch64, …) are understood too. Throws: invalid_argument quoting
/// `text`.
[[nodiscard]] Platform parse_platform(std::string_view text);

/// The name in Go of the processor for which uname prints `name`; nullopt for other names.
[[nodiscard]] std::optional<std::string_view> usual_architecture(std::string_view name);

/// `os/architecture`, and `/variant` if there is one. Documents can hold any bytes there.
[[nodiscard]] std::string platform_name(const Platform& platform);

}  // namespace umoci::oci
