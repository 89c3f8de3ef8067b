// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/gzip_encoder.hpp>

#include <umoci/codec/gzip_format.hpp>

#include <libdeflate.h>

#include <algorithm>
#include <new>

namespace umoci::codec {
namespace {

/// The least level of libdeflate whose output is no larger than that of umoci 0.6.0 for all kinds
/// of files tried; docs/formats/gzip-members.md has the figures.
constexpr int level = 4;

class MemberCompressor final : public BlockCompressor {
 public:
  MemberCompressor()
      : deflater_(libdeflate_alloc_compressor(level)),
        most_deflated_bytes_(libdeflate_deflate_compress_bound(nullptr, gzip_member_plain_bytes)),
        member_(std::make_unique_for_overwrite<std::byte[]>(
            sized_gzip_header_bytes + most_deflated_bytes_ + gzip_trailer_bytes)) {
    if (!deflater_) throw std::bad_alloc();
  }

  io::Bytes compress(io::Bytes plain) override {
    std::byte* const deflated = member_.get() + sized_gzip_header_bytes;
    const std::size_t deflated_bytes = libdeflate_deflate_compress(
        deflater_.get(), plain.data(), plain.size(), deflated, most_deflated_bytes_);
    const std::size_t member_bytes = sized_gzip_header_bytes + deflated_bytes + gzip_trailer_bytes;

    std::ranges::copy(sized_gzip_header(static_cast<std::uint32_t>(member_bytes)), member_.get());
    std::ranges::copy(
        format_gzip_trailer({.crc = libdeflate_crc32(0, plain.data(), plain.size()),
                             .plain_bytes = static_cast<std::uint32_t>(plain.size())}),
        deflated + deflated_bytes);
    return {member_.get(), member_bytes};
  }

 private:
  struct FreeCompressor {
    void operator()(libdeflate_compressor* deflater) const noexcept {
      libdeflate_free_compressor(deflater);
    }
  };

  std::unique_ptr<libdeflate_compressor, FreeCompressor> deflater_;
  std::size_t most_deflated_bytes_;
  std::unique_ptr<std::byte[]> member_;
};

}  // namespace

std::size_t GzipMembers::block_bytes() const { return gzip_member_plain_bytes; }

std::unique_ptr<BlockCompressor> GzipMembers::make_compressor() const {
  return std::make_unique<MemberCompressor>();
}

}  // namespace umoci::codec
