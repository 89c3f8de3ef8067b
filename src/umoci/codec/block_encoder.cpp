// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/block_encoder.hpp>

#include <algorithm>
#include <cstring>

namespace umoci::codec {

BlockEncoder::BlockEncoder(io::Sink& out, std::unique_ptr<BlockFormat> format, unsigned jobs)
    : out_(out), format_(std::move(format)), block_bytes_(format_->block_bytes()), blocks_(jobs) {}

void BlockEncoder::write(io::Bytes bytes) {
  while (!bytes.empty()) {
    if (!filling_) filling_ = next_block();
    Block& block = *filling_;
    const std::size_t count = std::min(bytes.size(), block_bytes_ - block.plain_bytes);
    std::memcpy(block.plain.get() + block.plain_bytes, bytes.data(), count);
    block.plain_bytes += count;
    bytes = bytes.subspan(count);
    if (block.plain_bytes == block_bytes_) submit();
  }
}

void BlockEncoder::finish() {
  if (!filling_ && !any_) filling_ = next_block();
  if (filling_) submit();
  while (!blocks_.empty()) write_oldest();
  const std::string epilogue = format_->epilogue();
  if (!epilogue.empty()) out_.write(io::as_bytes(epilogue));
}

std::unique_ptr<BlockEncoder::Block> BlockEncoder::next_block() {
  if (blocks_.full()) write_oldest();
  std::unique_ptr<Block> block = blocks_.idle();
  if (!block) {
    block = std::make_unique<Block>();
    block->compressor = format_->make_compressor();
    block->plain = std::make_unique_for_overwrite<std::byte[]>(block_bytes_);
  }
  block->plain_bytes = 0;
  return block;
}

void BlockEncoder::submit() {
  blocks_.submit(std::move(filling_));
  any_ = true;
}

void BlockEncoder::write_oldest() {
  std::unique_ptr<Block> block = blocks_.take();
  format_->add_piece(block->plain_bytes, block->compressed.size());
  out_.write(block->compressed);
  blocks_.give_back(std::move(block));
}

}  // namespace umoci::codec
