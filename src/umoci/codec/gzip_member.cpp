// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/gzip_member.hpp>

#include <umoci/base/error.hpp>
#include <umoci/codec/gzip_format.hpp>

#include <fmt/format.h>

#include <new>

namespace umoci::codec {
namespace {

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_data, "invalid gzip data: " + why);
}

/// The longest body that the content of a member can need.
std::size_t most_body_bytes() {
  return libdeflate_deflate_compress_bound(nullptr, gzip_member_plain_bytes) + gzip_trailer_bytes;
}

}  // namespace

SizedGzipMember::SizedGzipMember()
    : inflater_(libdeflate_alloc_decompressor()),
      body_(std::make_unique_for_overwrite<std::byte[]>(most_body_bytes())),
      plain_(std::make_unique_for_overwrite<std::byte[]>(gzip_member_plain_bytes)) {
  if (!inflater_) throw std::bad_alloc();
}

bool SizedGzipMember::accepts(const GzipHeader& header) {
  return header.member_bytes && *header.member_bytes <= header.header_bytes + most_body_bytes();
}

void SizedGzipMember::read(io::Source& source, const GzipHeader& header) {
  member_bytes_ = header.member_bytes.value();
  if (member_bytes_ < header.header_bytes + gzip_trailer_bytes) {
    fail(fmt::format("a member cannot have {} bytes", member_bytes_));
  }
  body_bytes_ = static_cast<std::size_t>(member_bytes_ - header.header_bytes);
  if (io::read(source, {body_.get(), body_bytes_}) != body_bytes_) fail("unexpected end");
}

void SizedGzipMember::run() {
  const std::span<const std::byte> body(body_.get(), body_bytes_);
  const GzipTrailer trailer = parse_gzip_trailer(body.last<gzip_trailer_bytes>());
  const auto deflated = body.first(body_bytes_ - gzip_trailer_bytes);
  if (trailer.plain_bytes > gzip_member_plain_bytes) {
    fail(fmt::format("a member with {} bytes of content is too long to tell its size",
                     trailer.plain_bytes));
  }
  std::size_t used = 0;
  const auto result =
      libdeflate_deflate_decompress_ex(inflater_.get(), deflated.data(), deflated.size(),
                                       plain_.get(), trailer.plain_bytes, &used, &plain_bytes_);
  if (result != LIBDEFLATE_SUCCESS) fail("invalid block, or incorrect length");
  if (used != deflated.size()) fail("a member is shorter than its header tells");
  if (plain_bytes_ != trailer.plain_bytes ||
      libdeflate_crc32(0, plain_.get(), plain_bytes_) != trailer.crc) {
    fail("incorrect checksum or length");
  }
}

}  // namespace umoci::codec
