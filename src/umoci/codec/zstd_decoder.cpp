// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/zstd_decoder.hpp>

#include <umoci/codec/little_endian.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <new>

namespace umoci::codec {
namespace {

constexpr std::size_t plain_chunk_bytes = 512U << 10U;

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_data, "invalid zstd data: " + why);
}

std::uint32_t read_number(io::Source& source) {
  std::array<std::byte, sizeof(std::uint32_t)> bytes{};
  if (io::read(source, bytes) != bytes.size()) fail("unexpected end");
  return read_little_endian<std::uint32_t>(bytes.data());
}

/// libzstd knows powers of two only. What is no power of two is rounded down.
int window_log(std::uint64_t window_bytes) {
  const ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
  const int log = static_cast<int>(std::bit_width(window_bytes)) - 1;
  return std::clamp(log, bounds.lowerBound, bounds.upperBound);
}

}  // namespace

ZstdDecoder::ZstdDecoder(io::Source& compressed, const Options& options)
    : compressed_(compressed),
      guard_(options.limits),
      frames_(options.jobs),
      context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
  checked_zstd_result(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax,
                                             window_log(options.limits.zstd_window_bytes)));
}

io::Bytes ZstdDecoder::produce() {
  for (;;) {
    read_small_frames();
    if (!frames_.empty()) {
      const io::Bytes chunk = take_small_frame();
      if (!chunk.empty()) return chunk;
      continue;
    }
    if (error_behind_) throw Error(*error_behind_);
    if (position_ == Position::end) return {};
    const io::Bytes chunk = decompress_some();
    if (!chunk.empty()) return chunk;
  }
}

/// Goes ahead until there is enough to do for all threads, or a large frame, or the end. Errors
/// wait for their turn, so that what comes before them does not depend on the threads.
void ZstdDecoder::read_small_frames() {
  try {
    while (!frames_.full() && !error_behind_ &&
           (position_ == Position::start || position_ == Position::between)) {
      read_next_frame();
    }
  } catch (const Error& error) {
    error_behind_ = error;
  }
}

void ZstdDecoder::read_next_frame() {
  if (compressed_.peek().empty()) {
    if (position_ == Position::start) fail("the stream is empty");
    position_ = Position::end;
    return;
  }
  // libzstd itself would also accept the formats of its early days.
  const std::uint32_t magic = read_number(compressed_);
  if ((magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START) {
    skip_frame();
    position_ = Position::between;
    return;
  }
  if (magic != ZSTD_MAGICNUMBER) fail(fmt::format("magic number {:#010x}", magic));
  std::unique_ptr<ZstdFrame> frame = frames_.idle();
  if (!frame) frame = std::make_unique<ZstdFrame>();
  if (frame->read(compressed_) == ZstdFrame::Extent::complete) {
    frames_.submit(std::move(frame));
    position_ = Position::between;
    return;
  }
  begun_ = std::move(frame);
  begun_rest_ = begun_->compressed();
  position_ = Position::inside_large;
}

void ZstdDecoder::skip_frame() {
  const std::uint32_t size_bytes = read_number(compressed_);
  if (io::skip(compressed_, size_bytes) != size_bytes) fail("unexpected end");
}

/// The chunk stays untouched until the frame is handed out again, which the next call may do.
io::Bytes ZstdDecoder::take_small_frame() {
  std::unique_ptr<ZstdFrame> frame = frames_.take();
  guard_.add_compressed(frame->compressed().size());
  const io::Bytes plain = frame->plain();
  frames_.give_back(std::move(frame));
  guard_.add_plain(plain.size());
  return plain;
}

io::Bytes ZstdDecoder::decompress_some() {
  std::size_t produced = 0;
  if (!begun_rest_.empty()) {
    produced = step(begun_rest_);
  } else {
    const io::Bytes before = compressed_.peek();
    io::Bytes in = before;
    produced = step(in);
    compressed_.consume(before.size() - in.size());
    if (before.empty() && produced == 0 && position_ == Position::inside_large) {
      fail("unexpected end");
    }
  }
  if (position_ == Position::between) {
    if (!begun_rest_.empty()) fail("a frame ends before its last block");
    frames_.give_back(std::move(begun_));
  }
  guard_.add_plain(produced);
  return {plain_.get(), produced};
}

/// Decompresses from the front of `in`, which moves on; returns how much was produced.
std::size_t ZstdDecoder::step(io::Bytes& in) {
  if (!plain_) plain_ = std::make_unique_for_overwrite<std::byte[]>(plain_chunk_bytes);
  ZSTD_inBuffer input{.src = in.data(), .size = in.size(), .pos = 0};
  ZSTD_outBuffer output{.dst = plain_.get(), .size = plain_chunk_bytes, .pos = 0};
  const std::size_t rest =
      checked_zstd_result(ZSTD_decompressStream(context_.get(), &output, &input));
  in = in.subspan(input.pos);
  guard_.add_compressed(input.pos);
  if (rest == 0) position_ = Position::between;
  return output.pos;
}

}  // namespace umoci::codec
