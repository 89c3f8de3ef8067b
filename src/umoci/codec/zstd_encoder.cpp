// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/zstd_encoder.hpp>

#include <umoci/base/error.hpp>
#include <umoci/codec/little_endian.hpp>
#include <umoci/codec/zstd_frame.hpp>

#include <zstd.h>
#include <zstd_errors.h>

#include <array>
#include <cstdint>
#include <limits>
#include <new>

namespace umoci::codec {
namespace {

constexpr int level = 3;

constexpr std::uint32_t seek_table_magic = ZSTD_MAGIC_SKIPPABLE_START | 0xeU;
constexpr std::uint32_t seekable_magic = 0x8f92eab1U;
constexpr std::size_t seek_entry_bytes = 8;
constexpr std::size_t seek_footer_bytes = 9;

std::size_t checked(std::size_t result) {
  if (ZSTD_isError(result) == 0) return result;
  if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) throw std::bad_alloc();
  throw Error(ErrorKind::internal, std::string("zstd: ") + ZSTD_getErrorName(result));
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

class FrameCompressor final : public BlockCompressor {
 public:
  io::Bytes compress(io::Bytes plain) override {
    // A new context each time costs next to nothing for frames of this size, and leaves no doubt
    // that the bytes depend on the input alone.
    const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
    if (!context) throw std::bad_alloc();
    checked(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level));
    checked(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1));
    const std::size_t frame_bytes =
        checked(ZSTD_compress2(context.get(), frame_.get(), capacity_, plain.data(), plain.size()));
    return {frame_.get(), frame_bytes};
  }

 private:
  std::size_t capacity_ = ZSTD_compressBound(zstd_frame_plain_bytes);
  std::unique_ptr<std::byte[]> frame_ = std::make_unique_for_overwrite<std::byte[]>(capacity_);
};

void append(std::string& out, std::uint32_t number) {
  std::array<std::byte, sizeof(number)> bytes{};
  write_little_endian(bytes.data(), number);
  out += io::as_text(bytes);
}

}  // namespace

std::size_t ZstdFrames::block_bytes() const { return zstd_frame_plain_bytes; }

std::unique_ptr<BlockCompressor> ZstdFrames::make_compressor() const {
  return std::make_unique<FrameCompressor>();
}

void ZstdFrames::add_piece(std::size_t plain_bytes, std::size_t compressed_bytes) {
  append(seek_entries_, static_cast<std::uint32_t>(compressed_bytes));
  append(seek_entries_, static_cast<std::uint32_t>(plain_bytes));
}

std::string ZstdFrames::epilogue() const {
  const std::size_t content_bytes = seek_entries_.size() + seek_footer_bytes;
  // 512 million frames: more than 2^50 bytes of layer.
  if (content_bytes > std::numeric_limits<std::uint32_t>::max()) return {};
  std::string frame;
  append(frame, seek_table_magic);
  append(frame, static_cast<std::uint32_t>(content_bytes));
  frame += seek_entries_;
  append(frame, static_cast<std::uint32_t>(seek_entries_.size() / seek_entry_bytes));
  frame += '\0';  // no checksums in the entries: each frame has its own
  append(frame, seekable_magic);
  return frame;
}

}  // namespace umoci::codec
