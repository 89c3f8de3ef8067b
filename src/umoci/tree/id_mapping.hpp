// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace umoci::tree {

/// `size` consecutive ids from `container_id` on, seen from inside, are those from `host_id` on.
struct IdMapping {
  std::uint32_t container_id = 0;
  std::uint32_t host_id = 0;
  std::uint32_t size = 1;

  friend bool operator==(const IdMapping&, const IdMapping&) = default;
};

}  // namespace umoci::tree
