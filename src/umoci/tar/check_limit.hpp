// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace umoci::tar {

/// Throws: limit_exceeded if `value` is more than `limit`, the member `name` of Limits.
inline void check_limit(std::string_view name, std::uint64_t value, std::uint64_t limit) {
  if (value <= limit) return;
  throw Error(ErrorKind::limit_exceeded,
              fmt::format("limit {} exceeded: {} is more than {}", name, value, limit));
}

}  // namespace umoci::tar
