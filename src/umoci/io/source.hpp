// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes that are pulled. A decorator wraps a Source in a Source (decompress, verify, limit, read
// ahead on a thread) and lends what it has in its buffer: parsers and hashers look at chunks in
// place. Must not know what the bytes mean. Read first: Source, BytesSource, FileSource.

#include <umoci/base/unique_fd.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::io {

using Bytes = std::span<const std::byte>;

[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A stream of bytes read from front to back. Not thread-safe.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  /// The bytes at hand: at least one, or none at the end of the stream. Blocks until there is one.
  /// Valid until the next call on this object. Repeating it without consume() yields the same
  /// bytes.
  [[nodiscard]] virtual Bytes peek() = 0;

  /// Moves on by `count` bytes, at most the size of the last peek().
  virtual void consume(std::size_t count) = 0;
};

/// Fills `out` from `source` and returns the number of bytes; fewer than asked only at the end.
std::size_t read(Source& source, std::span<std::byte> out);

/// Moves on by up to `count` bytes; returns how many there were.
std::uint64_t skip(Source& source, std::uint64_t count);

/// Reads to the end; returns how many bytes there were.
std::uint64_t drain(Source& source);

/// Reads all of `source`. Throws: limit_exceeded when there are more than `limit_bytes`.
[[nodiscard]] std::string read_all(Source& source, std::uint64_t limit_bytes);

/// A Source over memory that somebody else owns.
class BytesSource final : public Source {
 public:
  explicit BytesSource(Bytes bytes) : rest_(bytes) {}
  explicit BytesSource(std::string_view text) : rest_(as_bytes(text)) {}

  [[nodiscard]] Bytes peek() override { return rest_; }
  void consume(std::size_t count) override { rest_ = rest_.subspan(count); }

 private:
  Bytes rest_;
};

/// Reads an open file, pipe or device from its present position. Throws: io.
class FileSource final : public Source {
 public:
  explicit FileSource(UniqueFd fd, std::size_t chunk_bytes = 256U << 10U);

  [[nodiscard]] Bytes peek() override;
  void consume(std::size_t count) override { position_ += count; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  UniqueFd fd_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t capacity_;
  std::size_t position_ = 0;
  std::size_t end_ = 0;
};

/// The next `size_bytes` bytes of another Source, or fewer if that ends before.
class LimitedSource final : public Source {
 public:
  LimitedSource(Source& upstream, std::uint64_t size_bytes)
      : upstream_(upstream), rest_bytes_(size_bytes) {}

  [[nodiscard]] Bytes peek() override;
  void consume(std::size_t count) override;
  /// Bytes not yet consumed.
  [[nodiscard]] std::uint64_t rest_bytes() const noexcept { return rest_bytes_; }

 private:
  Source& upstream_;
  std::uint64_t rest_bytes_;
};

}  // namespace umoci::io
