// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/gzip_format.hpp>

#include <umoci/base/error.hpp>
#include <umoci/codec/little_endian.hpp>

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <vector>

namespace umoci::codec {
namespace {

enum Flag : unsigned {
  header_crc = 0x02U,
  extra = 0x04U,
  name = 0x08U,
  comment = 0x10U,
  reserved = 0xe0U,
};

/// "UM", and the length of what follows: the size of the member as 32 bits.
constexpr std::array<std::byte, 4> size_subfield{std::byte{'U'}, std::byte{'M'}, std::byte{4},
                                                 std::byte{0}};

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_data, "invalid gzip header: " + why);
}

/// Reads the parts of a header and keeps the checksum of all of them.
class HeaderScanner {
 public:
  explicit HeaderScanner(io::Source& source) : source_(source) {}

  void fill(std::span<std::byte> out) {
    if (io::read(source_, out) != out.size()) fail("unexpected end");
    checked(out);
  }

  template <std::unsigned_integral Number>
  Number number() {
    std::array<std::byte, sizeof(Number)> bytes{};
    fill(bytes);
    return read_little_endian<Number>(bytes.data());
  }

  /// Names have no maximal length; none is kept.
  void skip_text() {
    for (;;) {
      const io::Bytes chunk = source_.peek();
      if (chunk.empty()) fail("unexpected end");
      const auto nul = std::ranges::find(chunk, std::byte{0});
      const bool found = nul != chunk.end();
      const auto count = static_cast<std::size_t>(nul - chunk.begin()) + (found ? 1 : 0);
      checked(chunk.first(count));
      source_.consume(count);
      if (found) return;
    }
  }

  [[nodiscard]] std::uint32_t crc() const { return crc_; }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  void checked(io::Bytes bytes) {
    crc_ = libdeflate_crc32(crc_, bytes.data(), bytes.size());
    size_bytes_ += bytes.size();
  }

  io::Source& source_;
  std::uint32_t crc_ = 0;
  std::uint64_t size_bytes_ = 0;
};

/// Looks for our subfield. Extra fields that do not consist of subfields, as RFC 1952 wants it, are
/// somebody else's business.
std::optional<std::uint32_t> find_member_size(std::span<const std::byte> field) {
  while (field.size() >= 4) {
    const std::size_t length = read_little_endian<std::uint16_t>(field.data() + 2);
    if (length > field.size() - 4) return std::nullopt;
    if (std::ranges::equal(field.first(4), size_subfield)) {
      return read_little_endian<std::uint32_t>(field.data() + 4);
    }
    field = field.subspan(4 + length);
  }
  return std::nullopt;
}

}  // namespace

GzipHeader read_gzip_header(io::Source& source) {
  HeaderScanner scan(source);
  std::array<std::byte, 10> fixed{};
  scan.fill(fixed);
  if (fixed[0] != std::byte{0x1f} || fixed[1] != std::byte{0x8b}) {
    fail(fmt::format("magic {:02x} {:02x}", std::to_integer<unsigned>(fixed[0]),
                     std::to_integer<unsigned>(fixed[1])));
  }
  if (fixed[2] != std::byte{8}) {
    fail(fmt::format("compression method {}", std::to_integer<unsigned>(fixed[2])));
  }
  const auto flags = std::to_integer<unsigned>(fixed[3]);
  if ((flags & Flag::reserved) != 0) fail(fmt::format("reserved flags {:#04x}", flags));

  GzipHeader header;
  if ((flags & Flag::extra) != 0) {
    std::vector<std::byte> field(scan.number<std::uint16_t>());
    scan.fill(field);
    header.member_bytes = find_member_size(field);
  }
  if ((flags & Flag::name) != 0) scan.skip_text();
  if ((flags & Flag::comment) != 0) scan.skip_text();
  if ((flags & Flag::header_crc) != 0) {
    const auto actual = static_cast<std::uint16_t>(scan.crc() & 0xffffU);
    if (scan.number<std::uint16_t>() != actual) fail("header checksum mismatch");
  }
  header.header_bytes = scan.size_bytes();
  return header;
}

std::array<std::byte, sized_gzip_header_bytes> sized_gzip_header(std::uint32_t member_bytes) {
  // No time, no hint at the level, and no operating system: the same bytes everywhere.
  std::array<std::byte, sized_gzip_header_bytes> bytes{
      std::byte{0x1f}, std::byte{0x8b}, std::byte{8}, std::byte{Flag::extra},
      std::byte{0},    std::byte{0},    std::byte{0}, std::byte{0},
      std::byte{0},    std::byte{255},  std::byte{8}, std::byte{0}};
  std::ranges::copy(size_subfield, bytes.begin() + 12);
  write_little_endian(bytes.data() + 16, member_bytes);
  return bytes;
}

GzipTrailer parse_gzip_trailer(std::span<const std::byte, gzip_trailer_bytes> bytes) {
  return {.crc = read_little_endian<std::uint32_t>(bytes.data()),
          .plain_bytes = read_little_endian<std::uint32_t>(bytes.data() + 4)};
}

std::array<std::byte, gzip_trailer_bytes> format_gzip_trailer(const GzipTrailer& trailer) {
  std::array<std::byte, gzip_trailer_bytes> bytes{};
  write_little_endian(bytes.data(), trailer.crc);
  write_little_endian(bytes.data() + 4, trailer.plain_bytes);
  return bytes;
}

}  // namespace umoci::codec
