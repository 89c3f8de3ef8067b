// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/zstd_decoder.hpp>

#include <umoci/codec/little_endian.hpp>

#include <fmt/format.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>
#include <new>

namespace umoci::codec {
namespace {

constexpr std::size_t magic_bytes = 4;

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_data, "invalid zstd data: " + why);
}

bool is_frame_magic(std::uint32_t magic) {
  return magic == ZSTD_MAGICNUMBER ||
         (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

/// libzstd knows powers of two only. What is no power of two is rounded down.
int window_log(std::uint64_t window_bytes) {
  const ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
  const int log = static_cast<int>(std::bit_width(window_bytes)) - 1;
  return std::clamp(log, bounds.lowerBound, bounds.upperBound);
}

}  // namespace

ZstdDecoder::ZstdDecoder(io::Source& compressed, const Limits& limits)
    : compressed_(compressed),
      guard_(limits),
      window_bytes_(limits.zstd_window_bytes),
      context_(ZSTD_createDCtx()),
      plain_capacity_(4 * ZSTD_DStreamOutSize()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log(window_bytes_));
  plain_ = std::make_unique_for_overwrite<std::byte[]>(plain_capacity_);
}

io::Bytes ZstdDecoder::produce() {
  for (;;) {
    if (position_ != Position::inside && !start_frame()) return {};
    const io::Bytes before = compressed_.peek();
    io::Bytes in = before;
    const std::size_t produced = step(in);
    compressed_.consume(before.size() - in.size());
    guard_.add_compressed(before.size() - in.size());
    guard_.add_plain(produced);
    if (produced != 0) return {plain_.get(), produced};
    if (before.empty() && position_ == Position::inside) fail("unexpected end");
  }
}

/// Gives the magic number of the next frame to the library, which would also accept the formats of
/// its own early days. Returns false at the end of the stream.
bool ZstdDecoder::start_frame() {
  std::array<std::byte, magic_bytes> magic{};
  const std::size_t count = io::read(compressed_, magic);
  if (count == 0 && position_ == Position::between) return false;
  if (count == 0) fail("the stream is empty");
  if (count < magic.size()) fail("unexpected end");
  const auto number = read_little_endian<std::uint32_t>(magic.data());
  if (!is_frame_magic(number)) fail(fmt::format("magic number {:#010x}", number));
  guard_.add_compressed(magic.size());
  position_ = Position::inside;
  io::Bytes in = magic;
  step(in);
  return true;
}

/// Decompresses from the front of `in`, which moves on; returns how much was produced.
std::size_t ZstdDecoder::step(io::Bytes& in) {
  ZSTD_inBuffer input{.src = in.data(), .size = in.size(), .pos = 0};
  ZSTD_outBuffer output{.dst = plain_.get(), .size = plain_capacity_, .pos = 0};
  const std::size_t result = ZSTD_decompressStream(context_.get(), &output, &input);
  if (ZSTD_isError(result) != 0) {
    const ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
    if (code == ZSTD_error_frameParameter_windowTooLarge) {
      throw Error(ErrorKind::limit_exceeded,
                  fmt::format("a zstd frame demands more memory than the limit zstd_window_bytes "
                              "of {}",
                              window_bytes_));
    }
    if (code == ZSTD_error_memory_allocation) throw std::bad_alloc();
    fail(ZSTD_getErrorString(code));
  }
  in = in.subspan(input.pos);
  if (result == 0) position_ = Position::between;
  return output.pos;
}

}  // namespace umoci::codec
