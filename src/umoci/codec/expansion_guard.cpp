// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/expansion_guard.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

namespace umoci::codec {

void ExpansionGuard::add_plain(std::uint64_t count) {
  plain_bytes_ += count;
  check_limit(limits_, &Limits::layer_bytes, plain_bytes_);
  // Divided, not multiplied: limits may be as large as they like.
  if (plain_bytes_ > limits_.expansion_free_bytes && limits_.expansion_ratio != 0 &&
      (plain_bytes_ - 1) / limits_.expansion_ratio >= compressed_bytes_) {
    throw Error(ErrorKind::limit_exceeded,
                fmt::format("{} compressed bytes grow to {} or more, which exceeds the limit "
                            "expansion_ratio of {}",
                            compressed_bytes_, plain_bytes_, limits_.expansion_ratio));
  }
}

}  // namespace umoci::codec
