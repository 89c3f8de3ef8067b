// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/io/source.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace umoci::digest {

/// What manifests of other programs say of a file's content. Some of it is weak: good for comparing
/// with such a manifest, and nothing else here relies on it.
enum class ChecksumKind : std::uint8_t {
  cksum,  ///< CRC and length as POSIX cksum has them, decimal
  md5,
  ripemd160,
  sha1,
  sha256,
  sha384,
  sha512,
  sha512_256,
};

/// Computes one of them over bytes given piece by piece.
class Checksum {
 public:
  /// Throws: unsupported if the cryptographic library does not have it (some are switched off on
  /// purpose).
  explicit Checksum(ChecksumKind kind);
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;
  ~Checksum();

  void update(io::Bytes bytes);
  /// Lower-case hex, but for `cksum`. To be called once.
  [[nodiscard]] std::string finish();

 private:
  class State;
  class Cksum;
  class MessageDigest;
  std::unique_ptr<State> state_;
};

}  // namespace umoci::digest
