// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/codec/buffered_decoder.hpp>
#include <umoci/codec/expansion_guard.hpp>

#include <zstd.h>

#include <array>
#include <memory>

namespace umoci::codec {

/// Reads a sequence of zstd frames and skippable frames. Spec: RFC 8878.
class ZstdDecoder final : public BufferedDecoder {
 public:
  ZstdDecoder(io::Source& compressed, const Limits& limits);

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };
  enum class Position { start, between, inside };

  io::Bytes produce() override;
  bool start_frame();
  std::size_t step(io::Bytes& in);

  io::Source& compressed_;
  ExpansionGuard guard_;
  std::uint64_t window_bytes_;
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  std::unique_ptr<std::byte[]> plain_;
  std::size_t plain_capacity_;
  Position position_ = Position::start;
};

}  // namespace umoci::codec
