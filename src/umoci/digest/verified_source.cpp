// SPDX-License-Identifier: Apache-2.0
#include <umoci/digest/verified_source.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace umoci::digest {
namespace {

/// Lends at most the expected number of bytes and hashes each of them once, as soon as it is seen:
/// whole chunks, while they are still in the processor's cache.
class VerifiedSource final : public io::Source {
 public:
  VerifiedSource(io::Source& upstream, const Expected& expected, Algorithm algorithm)
      : upstream_(upstream), expected_(expected), hasher_(algorithm) {}

  [[nodiscard]] io::Bytes peek() override {
    io::Bytes chunk;
    if (!expected_.size_bytes) {
      chunk = upstream_.peek();
    } else if (const std::uint64_t rest = *expected_.size_bytes - passed_bytes_; rest != 0) {
      chunk = upstream_.peek();
      if (chunk.size() > rest) chunk = chunk.first(static_cast<std::size_t>(rest));
    }
    // After a partial consume() the same bytes come again.
    if (chunk.size() > hashed_ahead_) {
      hasher_.update(chunk.subspan(hashed_ahead_));
      hashed_ahead_ = chunk.size();
    }
    return chunk;
  }

  void consume(std::size_t count) override {
    upstream_.consume(count);
    hashed_ahead_ -= count;
    passed_bytes_ += count;
  }

  /// Reads what is left and compares. Throws: corrupt, and whatever upstream throws.
  void verify() {
    io::drain(*this);
    const Digest actual = hasher_.finish();
    if (actual != expected_.digest) {
      throw Error(ErrorKind::corrupt,
                  fmt::format("expected {} not {}: verified reader digest mismatch",
                              expected_.digest.text(), actual.text()));
    }
    if (!expected_.size_bytes) return;
    if (passed_bytes_ < *expected_.size_bytes) {
      throw Error(ErrorKind::corrupt, fmt::format("expected {} bytes (only {} bytes in stream): "
                                                  "verified reader size mismatch",
                                                  *expected_.size_bytes, passed_bytes_));
    }
    if (!upstream_.peek().empty()) {
      throw Error(ErrorKind::corrupt, fmt::format("expected {} bytes (extra bytes in stream): "
                                                  "verified reader size mismatch",
                                                  *expected_.size_bytes));
    }
  }

 private:
  io::Source& upstream_;
  const Expected& expected_;
  Hasher hasher_;
  std::uint64_t passed_bytes_ = 0;
  std::size_t hashed_ahead_ = 0;
};

/// True for errors that wrong bytes may have caused.
bool blames_the_bytes(ErrorKind kind) {
  return kind == ErrorKind::invalid_data || kind == ErrorKind::corrupt;
}

/// Called when the user of the bytes found fault with them: throws the verification error if they
/// are not the ones expected. Returns if they are, or if that cannot be found out.
void verify_blamed(VerifiedSource& source) {
  bool drained = false;
  try {
    io::drain(source);
    drained = true;
  } catch (const Error& error) {
    // A stream that breaks off says the same as the error at hand; a disk that fails, or a user
    // who gives up, says something new.
    if (error.kind() == ErrorKind::io || error.kind() == ErrorKind::cancelled) throw;
  }
  if (drained) source.verify();
}

}  // namespace

void read_verified(io::Source& source, const Expected& expected,
                   const std::function<void(io::Source&)>& fn) {
  VerifiedSource verified(source, expected, expected.digest.require_algorithm());
  try {
    fn(verified);
  } catch (const Error& error) {
    if (blames_the_bytes(error.kind())) verify_blamed(verified);
    throw;
  }
  verified.verify();
}

}  // namespace umoci::digest
