// SPDX-License-Identifier: Apache-2.0
#pragma once

// The wrapper around deflate data. Spec: RFC 1952; docs/formats/gzip-members.md for the subfield
// that tells the size of a member.

#include <umoci/io/source.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace umoci::codec {

constexpr std::size_t gzip_trailer_bytes = 8;
/// Uncompressed bytes of each member that we write, the last one excepted; the most that a member
/// with a size field may hold.
constexpr std::size_t gzip_member_plain_bytes = 1U << 20U;

struct GzipHeader {
  /// Length of the header itself.
  std::uint64_t header_bytes = 0;
  /// Length of the whole member, if the header tells it.
  std::optional<std::uint32_t> member_bytes;
};

/// Reads the header of a member. Throws: invalid_data.
[[nodiscard]] GzipHeader read_gzip_header(io::Source& source);

constexpr std::size_t sized_gzip_header_bytes = 20;

/// The header of a member of `member_bytes` bytes in all.
[[nodiscard]] std::array<std::byte, sized_gzip_header_bytes> sized_gzip_header(
    std::uint32_t member_bytes);

/// What follows the deflate data: checksum and length of the uncompressed bytes.
struct GzipTrailer {
  std::uint32_t crc = 0;
  std::uint32_t plain_bytes = 0;  ///< modulo 2^32
};

[[nodiscard]] GzipTrailer parse_gzip_trailer(std::span<const std::byte, gzip_trailer_bytes> bytes);
[[nodiscard]] std::array<std::byte, gzip_trailer_bytes> format_gzip_trailer(
    const GzipTrailer& trailer);

}  // namespace umoci::codec
