// SPDX-License-Identifier: Apache-2.0
#pragma once

// The loan pattern: verified bytes are lent to a function, and the call returns only if every byte
// was what its name says. A reader cannot forget to verify.

#include <umoci/digest/digest.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/io/source.hpp>

#include <cstdint>
#include <functional>

namespace umoci::digest {

struct Expected {
  Digest digest;
  /// Absent if only the digest is known (diff_ids).
  std::optional<std::uint64_t> size_bytes;
};

/// Lends `source` to `fn`, never more than the expected size, then reads what `fn` left, and
/// returns only if digest and size are right. When `fn` throws invalid_data or corrupt, the rest is
/// read as well, and a verification error replaces the one thrown: the stream was not what it
/// should be. Throws: corrupt, with text "verified reader digest mismatch" or "verified reader size
/// mismatch" (a wrong digest of the first `size_bytes` bytes wins over a wrong size); unsupported
/// or invalid_data for a digest that cannot be checked, before anything is read.
void read_verified(io::Source& source, const Expected& expected,
                   const std::function<void(io::Source&)>& fn);

}  // namespace umoci::digest
