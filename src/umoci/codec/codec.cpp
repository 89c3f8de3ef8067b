// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/codec.hpp>

#include <umoci/base/error.hpp>
#include <umoci/codec/expansion_guard.hpp>
#include <umoci/codec/gzip_decoder.hpp>
#include <umoci/codec/gzip_encoder.hpp>
#include <umoci/codec/zstd_decoder.hpp>
#include <umoci/codec/zstd_encoder.hpp>

namespace umoci::codec {
namespace {

/// Lends what is upstream, and counts.
class PlainSource final : public io::Source {
 public:
  PlainSource(io::Source& upstream, const Limits& limits) : upstream_(upstream), guard_(limits) {}

  [[nodiscard]] io::Bytes peek() override {
    const io::Bytes chunk = upstream_.peek();
    if (chunk.size() > counted_) {
      guard_.add_compressed(chunk.size() - counted_);
      guard_.add_plain(chunk.size() - counted_);
      counted_ = chunk.size();
    }
    return chunk;
  }
  void consume(std::size_t count) override {
    upstream_.consume(count);
    counted_ -= count;
  }

 private:
  io::Source& upstream_;
  ExpansionGuard guard_;
  /// Bytes of the present chunk that the guard knows of.
  std::size_t counted_ = 0;
};

class PlainSink final : public io::Sink {
 public:
  explicit PlainSink(io::Sink& out) : out_(out) {}
  void write(io::Bytes bytes) override { out_.write(bytes); }
  void finish() override {}

 private:
  io::Sink& out_;
};

}  // namespace

Compression sniff(io::Bytes head) {
  const std::string_view text = io::as_text(head);
  if (text.starts_with("\x1f\x8b")) return Compression::gzip;
  if (text.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  return Compression::none;
}

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::none:
      return "none";
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
  }
  throw Error(ErrorKind::internal, "no such compression");
}

std::unique_ptr<io::Source> decoder(Compression compression, io::Source& compressed,
                                    const DecoderOptions& options, Log& log) {
  switch (compression) {
    case Compression::none:
      return std::make_unique<PlainSource>(compressed, options.limits);
    case Compression::gzip:
      return std::make_unique<GzipDecoder>(
          compressed, GzipDecoder::Options{.limits = options.limits, .jobs = options.jobs}, log);
    case Compression::zstd:
      return std::make_unique<ZstdDecoder>(
          compressed, ZstdDecoder::Options{.limits = options.limits, .jobs = options.jobs});
  }
  throw Error(ErrorKind::internal, "no such compression");
}

std::unique_ptr<io::Source> decoder(Compression compression, io::Source& compressed,
                                    const Limits& limits, Log& log) {
  return decoder(compression, compressed, DecoderOptions{.limits = limits}, log);
}

std::unique_ptr<io::Sink> encoder(Compression compression, io::Sink& out,
                                  const EncoderOptions& options) {
  switch (compression) {
    case Compression::none:
      return std::make_unique<PlainSink>(out);
    case Compression::gzip:
      return std::make_unique<BlockEncoder>(out, std::make_unique<GzipMembers>(), options.jobs);
    case Compression::zstd:
      return std::make_unique<BlockEncoder>(out, std::make_unique<ZstdFrames>(), options.jobs);
  }
  throw Error(ErrorKind::internal, "no such compression");
}

}  // namespace umoci::codec
