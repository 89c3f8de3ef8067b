// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/io/source.hpp>
#include <umoci/tar/header_block.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace umoci::tar {

/// An archive as it is read from front to back: by blocks, looked at in place where one lies in one
/// piece, and by runs of bytes between them.
class BlockCursor {
 public:
  explicit BlockCursor(io::Source& archive) : archive_(archive) {}

  /// The next block; empty at the end of the archive. Valid, and to be followed by nothing but
  /// itself, until consume_block(). Throws: invalid_data if the archive ends within the block.
  [[nodiscard]] std::string_view peek_block();
  void consume_block();

  /// As io::Source does.
  [[nodiscard]] io::Bytes peek() { return archive_.peek(); }
  void consume(std::size_t count);
  /// Moves on by up to `count` bytes; returns how many there were.
  std::uint64_t skip(std::uint64_t count);
  /// The same, into `out`.
  std::size_t read(std::span<std::byte> out);

  /// How many bytes of the archive were consumed.
  [[nodiscard]] std::uint64_t offset_bytes() const noexcept { return offset_bytes_; }

 private:
  io::Source& archive_;
  std::uint64_t offset_bytes_ = 0;
  bool is_copied_ = false;
  std::array<std::byte, block_bytes> copy_{};  ///< of a block that came in pieces
};

}  // namespace umoci::tar
