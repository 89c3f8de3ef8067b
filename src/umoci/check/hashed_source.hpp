// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/io/source.hpp>

#include <cstdint>

namespace umoci::check {

/// Hashes and counts what is read through it.
class HashedSource final : public io::Source {
 public:
  HashedSource(io::Source& upstream, digest::Algorithm algorithm)
      : upstream_(upstream), hasher_(algorithm) {}

  [[nodiscard]] io::Bytes peek() override { return upstream_.peek(); }
  void consume(std::size_t count) override {
    hasher_.update(upstream_.peek().first(count));
    upstream_.consume(count);
    size_bytes_ += count;
  }
  /// Of all that was consumed.
  [[nodiscard]] digest::Digest finish() { return hasher_.finish(); }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }

 private:
  io::Source& upstream_;
  digest::Hasher hasher_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace umoci::check
