// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/codec/buffered_decoder.hpp>
#include <umoci/codec/expansion_guard.hpp>
#include <umoci/codec/piece_queue.hpp>
#include <umoci/codec/zstd_frame.hpp>

#include <zstd.h>

#include <memory>
#include <optional>

namespace umoci::codec {

/// Reads a sequence of zstd frames and skippable frames. Frames that tell a small size are
/// decompressed side by side, all others piece by piece. Spec: RFC 8878.
class ZstdDecoder final : public BufferedDecoder {
 public:
  struct Options {
    Limits limits;
    unsigned jobs = 0;
  };

  ZstdDecoder(io::Source& compressed, const Options& options);

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };
  enum class Position {
    start,         ///< nothing was read
    between,       ///< after a frame
    inside_large,  ///< a frame that is not held in memory as a whole was begun
    end
  };

  io::Bytes produce() override;
  void read_small_frames();
  void read_next_frame();
  void skip_frame();
  io::Bytes take_small_frame();
  io::Bytes decompress_some();
  std::size_t step(io::Bytes& in);

  io::Source& compressed_;
  ExpansionGuard guard_;
  Position position_ = Position::start;
  /// What went wrong behind the frames that are under way.
  std::optional<Error> error_behind_;
  PieceQueue<ZstdFrame> frames_;

  // For large frames: the first bytes of one, of which some are still to be decompressed.
  std::unique_ptr<ZstdFrame> begun_;
  io::Bytes begun_rest_;
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  std::unique_ptr<std::byte[]> plain_;
};

}  // namespace umoci::codec
