// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace umoci::mtree {

/// Standard alphabet with padding. Spec: RFC 4648 4.
[[nodiscard]] std::string base64(std::string_view bytes);

/// nullopt if `text` is not what base64() gives for any bytes: padding may not be missing and
/// unused bits have to be zero.
[[nodiscard]] std::optional<std::string> unbase64(std::string_view text);

}  // namespace umoci::mtree
