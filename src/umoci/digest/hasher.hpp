// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/io/source.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace umoci::digest {

/// Computes a Digest over bytes given piece by piece. Reusable: finish() starts anew.
class Hasher {
 public:
  explicit Hasher(Algorithm algorithm = Algorithm::sha256);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void update(io::Bytes bytes);
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Digest digest_of(io::Bytes bytes, Algorithm algorithm = Algorithm::sha256);
[[nodiscard]] Digest digest_of(std::string_view text, Algorithm algorithm = Algorithm::sha256);

/// Hashes and counts what passes on its way to another Sink.
class DigestSink final : public io::Sink {
 public:
  explicit DigestSink(io::Sink& downstream, Algorithm algorithm = Algorithm::sha256);
  void write(io::Bytes bytes) override;
  void finish() override;

  /// Of all bytes written. To be called after finish().
  [[nodiscard]] const Digest& digest() const noexcept { return digest_; }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }

 private:
  io::Sink& downstream_;
  Hasher hasher_;
  Digest digest_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace umoci::digest
