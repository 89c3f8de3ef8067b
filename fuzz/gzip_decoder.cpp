// SPDX-License-Identifier: Apache-2.0
// gzip streams of any bytes, beside zlib: both read the same, or both refuse.
#include <fuzz/decoding.hpp>
#include <fuzz/target.hpp>

#include <umoci/codec/gzip_decoder.hpp>

#include <umoci_test/faulty.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace umoci::fuzz {
namespace {

using End = Expectation::End;

struct EndInflate {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

enum class Wrapping { gzip, none };

/// Inflates one member, or bare deflate data. Returns how many bytes it takes, 0 if it is bad, and
/// appends what it holds; stops beyond the limit.
std::size_t inflate_one(std::string_view bytes, Wrapping wrapping, std::string& plain) {
  z_stream state{};
  expect(inflateInit2(&state, wrapping == Wrapping::gzip ? 16 + MAX_WBITS : -MAX_WBITS) == Z_OK,
         "no memory for zlib");
  const std::unique_ptr<z_stream, EndInflate> stream(&state);
  std::string input(bytes);  // zlib has no pointers to constants
  stream->next_in = reinterpret_cast<Bytef*>(input.data());
  stream->avail_in = static_cast<uInt>(input.size());
  std::array<Bytef, 16384> chunk{};
  for (int result = Z_OK; result != Z_STREAM_END;) {
    stream->next_out = chunk.data();
    stream->avail_out = static_cast<uInt>(chunk.size());
    result = inflate(stream.get(), Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) return 0;
    plain.append(reinterpret_cast<const char*>(chunk.data()), chunk.size() - stream->avail_out);
    if (plain.size() > decoder_limits.layer_bytes) break;
  }
  return bytes.size() - stream->avail_in;
}

Expectation expectation_of(std::string_view stream) {
  Expectation expected;
  std::string_view rest = stream;
  while (!rest.empty()) {
    if (rest.size() < stream.size() && rest.front() == '\0') {
      const bool is_padding = rest.find_first_not_of('\0') == std::string_view::npos;
      return {.plain = expected.plain, .end = is_padding ? End::good : End::bad};
    }
    const std::size_t taken = inflate_one(rest, Wrapping::gzip, expected.plain);
    if (expected.plain.size() > decoder_limits.layer_bytes) {
      expected.end = End::beyond_limit;
      return expected;
    }
    if (taken == 0) return {};
    rest.remove_prefix(taken);
    expected.end = End::good;
  }
  return expected;
}

Decoding decode(std::string_view stream, codec::InflateEngine engine, unsigned jobs) {
  umoci::test::ChunkedSource source(stream, 1 + stream.size() % 313);
  codec::GzipDecoder decoder(source, {.limits = decoder_limits, .jobs = jobs, .engine = engine},
                             silent_log());
  return read_decoder(decoder);
}

/// The subfield by which a member tells its size; a wrong one is an error only to us.
constexpr std::string_view size_subfield{"UM\4\0", 4};

void check(std::string_view stream) {
  const Expectation expected = expectation_of(stream);
  const bool tells_size = stream.find(size_subfield) != std::string_view::npos;
  for (const codec::InflateEngine engine : codec::inflate_engines()) {
    const Decoding ours = decode(stream, engine, 1);
    if (!tells_size || !ours.error) check_decoding(ours, expected);
    if (tells_size) expect(ours == decode(stream, engine, 3), "the result depends on threads");
  }
}

std::uint32_t number_at(std::span<const std::uint8_t> bytes) {
  return bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8U |
         static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

void put_number(std::span<std::uint8_t> bytes, std::uint32_t number) {
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(number >> 8U * i);
}

/// Puts the right checksum and length behind the deflate data of members whose header has at most
/// an extra field, and the right size into that.
void repair_members(std::span<std::uint8_t> stream) {
  constexpr std::size_t fixed_bytes = 10;
  constexpr std::size_t trailer_bytes = 8;
  while (stream.size() >= fixed_bytes + 2 && stream[3] <= 4) {
    const bool has_extra = stream[3] == 4;
    const std::size_t header_bytes =
        fixed_bytes + (has_extra ? 2 + stream[10] + 256U * stream[11] : 0U);
    if (header_bytes > stream.size()) return;
    const auto body = stream.subspan(header_bytes);
    std::string plain;
    const std::size_t taken = inflate_one(as_text(body.data(), body.size()), Wrapping::none, plain);
    if (taken == 0 || body.size() < taken + trailer_bytes) return;
    const auto* const bytes = reinterpret_cast<const Bytef*>(plain.data());
    put_number(body.subspan(taken),
               static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(plain.size()))));
    put_number(body.subspan(taken + 4), static_cast<std::uint32_t>(plain.size()));
    const std::size_t member_bytes = header_bytes + taken + trailer_bytes;
    constexpr std::size_t size_offset = 16;
    if (has_extra && header_bytes >= size_offset + 4 &&
        as_text(stream.data() + 12, 4) == size_subfield &&
        number_at(stream.subspan(size_offset)) % 16 != 0) {
      put_number(stream.subspan(size_offset), static_cast<std::uint32_t>(member_bytes));
    }
    stream = stream.subspan(member_bytes);
  }
}

}  // namespace
}  // namespace umoci::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  umoci::fuzz::check(umoci::fuzz::as_text(data, size));
  return 0;
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed) {
  const std::size_t new_size = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 4 != 0) umoci::fuzz::repair_members({data, new_size});
  return new_size;
}
