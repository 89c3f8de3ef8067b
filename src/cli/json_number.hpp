// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>

#include <cstdint>
#include <string>

namespace umoci::cli {

/// Beyond 63 bits too: a sparse file may claim any size.
[[nodiscard]] inline oci::Json number(std::uint64_t value) {
  return oci::Json::Number{std::to_string(value)};
}

}  // namespace umoci::cli
