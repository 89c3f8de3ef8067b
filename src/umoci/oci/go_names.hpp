// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace umoci::oci {

/// The names that Go has for operating systems (GOOS), sorted. Spec: image-spec config.md, os; Go's
/// internal/syslist.
[[nodiscard]] std::span<const std::string_view> go_os_names() noexcept;
/// The names that Go has for processors (GOARCH), sorted. Spec: image-spec config.md, architecture;
/// Go's internal/syslist.
[[nodiscard]] std::span<const std::string_view> go_architecture_names() noexcept;

}  // namespace umoci::oci
