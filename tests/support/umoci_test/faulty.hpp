// SPDX-License-Identifier: Apache-2.0
#pragma once

// Streams that misbehave on purpose. A test program that includes this links umoci_io.

#include <umoci/base/error.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/io/source.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace umoci::test {

/// Lends `text` in chunks of `chunk_bytes`, whatever was consumed of the last one.
class ChunkedSource final : public io::Source {
 public:
  ChunkedSource(std::string_view text, std::size_t chunk_bytes)
      : rest_(io::as_bytes(text)), chunk_bytes_(chunk_bytes) {}

  [[nodiscard]] io::Bytes peek() override {
    return rest_.first(std::min(rest_.size(), chunk_bytes_));
  }
  void consume(std::size_t count) override { rest_ = rest_.subspan(count); }

 private:
  io::Bytes rest_;
  std::size_t chunk_bytes_;
};

/// Passes `upstream` on and throws, again and again, once `good_bytes` of it were consumed.
class FailingSource final : public io::Source {
 public:
  FailingSource(io::Source& upstream, std::uint64_t good_bytes, ErrorKind kind = ErrorKind::io)
      : upstream_(upstream), good_bytes_(good_bytes), kind_(kind) {}

  [[nodiscard]] io::Bytes peek() override {
    if (good_bytes_ == 0) throw Error(kind_, "injected read error");
    const io::Bytes chunk = upstream_.peek();
    return chunk.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), good_bytes_)));
  }
  void consume(std::size_t count) override {
    upstream_.consume(count);
    good_bytes_ -= count;
  }

 private:
  io::Source& upstream_;
  std::uint64_t good_bytes_;
  ErrorKind kind_;
};

/// Takes `good_bytes`, passing them on, and throws at the first byte too many, as a full disk does:
/// what fits is written first.
class FullSink final : public io::Sink {
 public:
  FullSink(io::Sink& downstream, std::uint64_t good_bytes, ErrorKind kind = ErrorKind::no_space)
      : downstream_(downstream), good_bytes_(good_bytes), kind_(kind) {}

  void write(io::Bytes bytes) override {
    const auto fits = std::min<std::uint64_t>(bytes.size(), good_bytes_);
    downstream_.write(bytes.first(static_cast<std::size_t>(fits)));
    good_bytes_ -= fits;
    if (fits < bytes.size()) throw Error(kind_, "injected write error");
  }
  void finish() override { downstream_.finish(); }

 private:
  io::Sink& downstream_;
  std::uint64_t good_bytes_;
  ErrorKind kind_;
};

/// Takes everything and throws at finish(), as a disk that reports its error when the file is
/// closed.
class UnfinishableSink final : public io::Sink {
 public:
  explicit UnfinishableSink(ErrorKind kind = ErrorKind::io) : kind_(kind) {}
  void write(io::Bytes) override {}
  void finish() override { throw Error(kind_, "injected finish error"); }

 private:
  ErrorKind kind_;
};

}  // namespace umoci::test
