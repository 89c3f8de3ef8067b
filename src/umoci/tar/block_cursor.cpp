// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/block_cursor.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

namespace umoci::tar {

std::string_view BlockCursor::peek_block() {
  if (is_copied_) return io::as_text(copy_);
  const io::Bytes chunk = archive_.peek();
  if (chunk.size() >= block_bytes) return io::as_text(chunk.first(block_bytes));

  const std::size_t size_bytes = io::read(archive_, copy_);
  if (size_bytes == 0) return {};
  if (size_bytes < block_bytes) {
    throw Error(
        ErrorKind::invalid_data,
        fmt::format("archive ends after {} of the {} bytes of a block", size_bytes, block_bytes));
  }
  is_copied_ = true;
  return io::as_text(copy_);
}

void BlockCursor::consume_block() {
  if (!is_copied_) archive_.consume(block_bytes);
  is_copied_ = false;
  offset_bytes_ += block_bytes;
}

void BlockCursor::consume(std::size_t count) {
  archive_.consume(count);
  offset_bytes_ += count;
}

std::uint64_t BlockCursor::skip(std::uint64_t count) {
  const std::uint64_t skipped = io::skip(archive_, count);
  offset_bytes_ += skipped;
  return skipped;
}

std::size_t BlockCursor::read(std::span<std::byte> out) {
  const std::size_t size_bytes = io::read(archive_, out);
  offset_bytes_ += size_bytes;
  return size_bytes;
}

}  // namespace umoci::tar
