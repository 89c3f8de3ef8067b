// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>

#include <cstdint>

namespace umoci::codec {

/// Watches how much a stream grows when it is decompressed.
class ExpansionGuard {
 public:
  explicit ExpansionGuard(const Limits& limits) : limits_(limits) {}

  void add_compressed(std::uint64_t count) { compressed_bytes_ += count; }

  /// To be called before the bytes are lent to anybody, and after the add_compressed() calls for
  /// the bytes they came from. Throws: limit_exceeded.
  void add_plain(std::uint64_t count);

 private:
  Limits limits_;
  std::uint64_t compressed_bytes_ = 0;
  std::uint64_t plain_bytes_ = 0;
};

}  // namespace umoci::codec
