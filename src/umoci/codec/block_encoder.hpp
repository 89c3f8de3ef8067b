// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/codec/piece_queue.hpp>
#include <umoci/io/sink.hpp>

#include <memory>
#include <string>

namespace umoci::codec {

/// Compresses one block at a time, on one thread at a time. Reusable.
class BlockCompressor {
 public:
  BlockCompressor() = default;
  BlockCompressor(const BlockCompressor&) = delete;
  BlockCompressor& operator=(const BlockCompressor&) = delete;
  virtual ~BlockCompressor() = default;

  /// Returns a complete piece of the stream, valid until the next call. The same input gives the
  /// same bytes, whatever was compressed before.
  [[nodiscard]] virtual io::Bytes compress(io::Bytes plain) = 0;
};

/// How a stream of independent pieces is made.
class BlockFormat {
 public:
  BlockFormat() = default;
  BlockFormat(const BlockFormat&) = delete;
  BlockFormat& operator=(const BlockFormat&) = delete;
  virtual ~BlockFormat() = default;

  /// How many bytes are compressed at a time.
  [[nodiscard]] virtual std::size_t block_bytes() const = 0;
  [[nodiscard]] virtual std::unique_ptr<BlockCompressor> make_compressor() const = 0;

  /// Told about each piece, in the order of the stream.
  virtual void add_piece(std::size_t plain_bytes, std::size_t compressed_bytes) = 0;
  /// What follows the last piece.
  [[nodiscard]] virtual std::string epilogue() const = 0;
};

/// Cuts what is written into blocks, has them compressed side by side, and writes the results in
/// order. An empty input makes one empty block.
class BlockEncoder final : public io::Sink {
 public:
  BlockEncoder(io::Sink& out, std::unique_ptr<BlockFormat> format, unsigned jobs);

  void write(io::Bytes bytes) override;
  void finish() override;

 private:
  struct Block {
    void run() { compressed = compressor->compress({plain.get(), plain_bytes}); }

    std::unique_ptr<BlockCompressor> compressor;
    std::unique_ptr<std::byte[]> plain;
    std::size_t plain_bytes = 0;
    io::Bytes compressed;
  };

  [[nodiscard]] std::unique_ptr<Block> next_block();
  void submit();
  void write_oldest();

  io::Sink& out_;
  std::unique_ptr<BlockFormat> format_;
  std::size_t block_bytes_;
  bool any_ = false;

  std::unique_ptr<Block> filling_;
  PieceQueue<Block> blocks_;
};

}  // namespace umoci::codec
