// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/codec/block_encoder.hpp>

namespace umoci::codec {

/// gzip members that tell their size. Spec: docs/formats/gzip-members.md.
class GzipMembers final : public BlockFormat {
 public:
  [[nodiscard]] std::size_t block_bytes() const override;
  [[nodiscard]] std::unique_ptr<BlockCompressor> make_compressor() const override;
  void add_piece(std::size_t, std::size_t) override {}
  [[nodiscard]] std::string epilogue() const override { return {}; }
};

}  // namespace umoci::codec
