// SPDX-License-Identifier: Apache-2.0
#pragma once

// As much of the frame format as it takes to find the end of a frame. Spec: RFC 8878, 3.1.

#include <umoci/io/source.hpp>

#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace umoci::codec {

/// Uncompressed bytes of each frame that we write, the last one excepted; the most that a frame may
/// tell to be held in memory as a whole. Larger frames hardly compress better (by less than 1 %).
constexpr std::size_t zstd_frame_plain_bytes = 4U << 20U;

/// A zstd frame from its magic number to its checksum. Reusable.
class ZstdFrame {
 public:
  enum class Extent {
    complete,  ///< all of it was read, and run() may be called
    header,    ///< it does not tell its size, or a large one: only the header was read
    overlong,  ///< it has more blocks than such a frame needs: only a part was read
  };

  ZstdFrame();

  /// Reads a frame, whose magic number was read before. Throws: invalid_data.
  [[nodiscard]] Extent read(io::Source& source);
  /// What was read, with the magic number.
  [[nodiscard]] io::Bytes compressed() const { return compressed_; }

  /// Decompresses and checks what was read. Throws: invalid_data.
  void run();
  [[nodiscard]] io::Bytes plain() const { return {plain_.get(), plain_bytes_}; }

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };

  io::Bytes append(io::Source& source, std::size_t count);
  std::optional<std::uint64_t> read_header(io::Source& source);

  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  std::vector<std::byte> compressed_;
  bool has_checksum_ = false;
  std::unique_ptr<std::byte[]> plain_;
  std::size_t plain_bytes_ = 0;
};

/// Throws what a failed call of libzstd's decompressor means; returns any other result.
std::size_t checked_zstd_result(std::size_t result);

}  // namespace umoci::codec
