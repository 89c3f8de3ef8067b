// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes that are pushed. A decorator wraps a Sink in a Sink (compress, hash, count). Nothing is
// complete before finish(); a destructor only discards.

#include <umoci/base/unique_fd.hpp>
#include <umoci/io/source.hpp>

#include <string>

namespace umoci::io {

/// Takes a stream of bytes. Not thread-safe.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  virtual void write(Bytes bytes) = 0;

  /// Writes out what is held back. To be called once, after the last write(). A decorator does not
  /// finish the Sink it wraps: each layer is finished by whoever made it.
  virtual void finish() = 0;
};

/// Writes all of `source` into `sink`; returns how many bytes there were.
std::uint64_t copy(Source& source, Sink& sink);

/// Collects into a string.
class BytesSink final : public Sink {
 public:
  void write(Bytes bytes) override { bytes_.append(as_text(bytes)); }
  void finish() override {}
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
};

/// Writes to an open descriptor that somebody else owns, unbuffered. Throws: io, no_space.
class FileSink final : public Sink {
 public:
  explicit FileSink(int fd) : fd_(fd) {}
  void write(Bytes bytes) override;
  void finish() override {}

 private:
  int fd_;
};

}  // namespace umoci::io
