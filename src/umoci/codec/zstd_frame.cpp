// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/zstd_frame.hpp>

#include <umoci/base/error.hpp>
#include <umoci/codec/little_endian.hpp>

#include <zstd_errors.h>

#include <array>
#include <new>

namespace umoci::codec {
namespace {

constexpr std::size_t block_header_bytes = 3;
constexpr std::size_t checksum_bytes = 4;

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_data, "invalid zstd data: " + why);
}

std::uint64_t read_number(io::Bytes bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    number = number << 8U | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return number;
}

}  // namespace

std::size_t checked_zstd_result(std::size_t result) {
  if (ZSTD_isError(result) == 0) return result;
  const ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
  if (code == ZSTD_error_memory_allocation) throw std::bad_alloc();
  if (code == ZSTD_error_frameParameter_windowTooLarge) {
    throw Error(ErrorKind::limit_exceeded,
                "a zstd frame demands more memory than the limit zstd_window_bytes");
  }
  fail(ZSTD_getErrorString(code));
}

ZstdFrame::ZstdFrame() : context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
}

ZstdFrame::Extent ZstdFrame::read(io::Source& source) {
  const std::size_t most_bytes = ZSTD_compressBound(zstd_frame_plain_bytes);
  compressed_.resize(sizeof(std::uint32_t));
  write_little_endian(compressed_.data(), std::uint32_t{ZSTD_MAGICNUMBER});
  const auto content_bytes = read_header(source);
  if (!content_bytes || *content_bytes > zstd_frame_plain_bytes) return Extent::header;
  plain_bytes_ = static_cast<std::size_t>(*content_bytes);

  for (bool last = false; !last;) {
    if (compressed_.size() > most_bytes) return Extent::overlong;
    const std::uint64_t header = read_number(append(source, block_header_bytes));
    last = (header & 1U) != 0;
    const std::uint64_t type = header >> 1U & 3U;
    const std::uint64_t size = header >> 3U;
    if (type == 3) fail("a block of a reserved type");
    // A block of the second type is one byte that is to be repeated.
    append(source, type == 1 ? 1 : static_cast<std::size_t>(size));
  }
  if (has_checksum_) append(source, checksum_bytes);
  return Extent::complete;
}

/// Returns the size of the content if the header tells it.
std::optional<std::uint64_t> ZstdFrame::read_header(io::Source& source) {
  static constexpr std::array<std::size_t, 4> dictionary_id_bytes{0, 1, 2, 4};
  static constexpr std::array<std::size_t, 4> content_size_bytes{0, 2, 4, 8};
  const auto descriptor = std::to_integer<unsigned>(append(source, 1).front());
  const bool single_segment = (descriptor & 0x20U) != 0;
  has_checksum_ = (descriptor & 0x04U) != 0;

  append(source, (single_segment ? 0U : 1U) + dictionary_id_bytes.at(descriptor & 3U));
  const std::size_t size_bytes =
      descriptor >> 6U == 0 && single_segment ? 1 : content_size_bytes.at(descriptor >> 6U);
  if (size_bytes == 0) return std::nullopt;
  // The form with two bytes starts where that with one byte ends.
  return read_number(append(source, size_bytes)) + (size_bytes == 2 ? 256 : 0);
}

io::Bytes ZstdFrame::append(io::Source& source, std::size_t count) {
  const std::size_t before = compressed_.size();
  compressed_.resize(before + count);
  const std::span<std::byte> out = std::span(compressed_).subspan(before);
  if (io::read(source, out) != count) fail("unexpected end");
  return out;
}

void ZstdFrame::run() {
  if (!plain_) plain_ = std::make_unique_for_overwrite<std::byte[]>(zstd_frame_plain_bytes);
  const std::size_t produced = checked_zstd_result(ZSTD_decompressDCtx(
      context_.get(), plain_.get(), plain_bytes_, compressed_.data(), compressed_.size()));
  if (produced != plain_bytes_) fail("a frame is shorter than its header tells");
}

}  // namespace umoci::codec
