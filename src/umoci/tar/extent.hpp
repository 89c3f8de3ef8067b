// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace umoci::tar {

/// A region of a sparse file that has data; what lies between extents reads as zeros.
struct Extent {
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;

  friend bool operator==(const Extent&, const Extent&) = default;
};

using Extents = std::vector<Extent>;

}  // namespace umoci::tar
