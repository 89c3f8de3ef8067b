// SPDX-License-Identifier: Apache-2.0
#pragma once

// Compression of layers, as decorators around a Source or a Sink: gzip (RFC 1952, any number of
// members) and zstd (RFC 8878, any number of frames). What is written is a sequence of independent
// pieces, see docs/formats, so that both directions use all processors; any reader understands it,
// and any stream that follows its RFC is read. Must not know what the bytes mean, nor media types.

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/io/source.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace umoci::codec {

enum class Compression { none, gzip, zstd };

/// The compression whose magic number `head` begins with. Four bytes are enough to tell.
[[nodiscard]] Compression sniff(io::Bytes head);

/// "none", "gzip" or "zstd".
[[nodiscard]] std::string_view name_of(Compression compression);

struct DecoderOptions {
  Limits limits;
  /// Threads that decompress; 0 means one for each processor. Only streams of independent pieces of
  /// known size use more than the caller's own. The bytes do not depend on it.
  unsigned jobs = 0;
};

/// The uncompressed bytes of `compressed`, which is read to its end. NUL bytes after the last gzip
/// member are padding and only logged; anything else behind the data is an error. The Source
/// throws: invalid_data if the stream is damaged, cut off, followed by something else, or has no
/// single member or frame; limit_exceeded for layer_bytes, expansion_ratio and zstd_window_bytes.
/// After an error it throws the same one again. `compressed` and `log` must outlive it.
[[nodiscard]] std::unique_ptr<io::Source> decoder(Compression compression, io::Source& compressed,
                                                  const DecoderOptions& options, Log& log);
[[nodiscard]] std::unique_ptr<io::Source> decoder(Compression compression, io::Source& compressed,
                                                  const Limits& limits, Log& log);

/// The limits for the next layer of an image after one that grew so much: expansion_free_bytes is
/// an allowance for all of them together.
[[nodiscard]] Limits without_used_allowance(Limits limits, std::uint64_t compressed_bytes,
                                            std::uint64_t plain_bytes);

struct EncoderOptions {
  /// Threads that compress; 0 means one for each processor, 1 none beside the caller's. The bytes
  /// do not depend on it.
  unsigned jobs = 0;
};

/// Compresses into `out`, which is written by the calling thread only and not finished. The result
/// is a valid stream once finish() has returned, even if nothing was written. Memory: a block
/// of 2.5 MiB (gzip) or 9.5 MiB (zstd) for one job, jobs + 3 such blocks otherwise.
[[nodiscard]] std::unique_ptr<io::Sink> encoder(Compression compression, io::Sink& out,
                                                const EncoderOptions& options = {});

}  // namespace umoci::codec
