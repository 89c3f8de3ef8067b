// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace umoci::oci {

/// Standard alphabet with padding. Spec: RFC 4648 4.
[[nodiscard]] std::string format_base64(std::string_view bytes);

/// The inverse, of exactly what format_base64() writes: no white space, no missing padding, no bits
/// set behind the last byte. Throws: invalid_data.
[[nodiscard]] std::string parse_base64(std::string_view text);

}  // namespace umoci::oci
