// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace umoci::cli {

/// A size in bytes with four significant digits and a decimal unit: "135B", "1.107kB", "38.82MB".
[[nodiscard]] std::string human_size(std::int64_t size_bytes);

}  // namespace umoci::cli
