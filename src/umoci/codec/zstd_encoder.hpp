// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/codec/block_encoder.hpp>

#include <string>

namespace umoci::codec {

/// zstd frames with a seek table behind them. Spec: docs/formats/zstd-frames.md.
class ZstdFrames final : public BlockFormat {
 public:
  [[nodiscard]] std::size_t block_bytes() const override;
  [[nodiscard]] std::unique_ptr<BlockCompressor> make_compressor() const override;
  void add_piece(std::size_t plain_bytes, std::size_t compressed_bytes) override;
  [[nodiscard]] std::string epilogue() const override;

 private:
  /// Eight bytes for each frame: its compressed and its uncompressed size.
  std::string seek_entries_;
};

}  // namespace umoci::codec
