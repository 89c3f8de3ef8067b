// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/expansion_guard.hpp>

#include <umoci/base/error.hpp>
#include <umoci/codec/codec.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace umoci::codec {

void ExpansionGuard::add_plain(std::uint64_t count) {
  plain_bytes_ += count;
  check_limit(limits_, &Limits::layer_bytes, plain_bytes_);
  if (plain_bytes_ <= limits_.expansion_free_bytes || limits_.expansion_ratio == 0) return;
  // Divided, not multiplied: limits may be as large as they like.
  const std::uint64_t counted_bytes = plain_bytes_ - limits_.expansion_free_bytes;
  if ((counted_bytes - 1) / limits_.expansion_ratio >= compressed_bytes_) {
    throw Error(ErrorKind::limit_exceeded,
                fmt::format("limit expansion_ratio exceeded: {} compressed bytes grow to {} or "
                            "more, which is more than {} for each after the first {} "
                            "(expansion_free_bytes)",
                            compressed_bytes_, plain_bytes_, limits_.expansion_ratio,
                            limits_.expansion_free_bytes));
  }
}

Limits without_used_allowance(Limits limits, std::uint64_t compressed_bytes,
                              std::uint64_t plain_bytes) {
  if (limits.expansion_ratio == 0 || plain_bytes / limits.expansion_ratio < compressed_bytes) {
    return limits;
  }
  // No overflow: the product is at most plain_bytes.
  const std::uint64_t used_bytes = plain_bytes - compressed_bytes * limits.expansion_ratio;
  limits.expansion_free_bytes -= std::min(limits.expansion_free_bytes, used_bytes);
  return limits;
}

}  // namespace umoci::codec
