// SPDX-License-Identifier: Apache-2.0
// zstd streams of any bytes, beside what libzstd makes of each frame in one call: both read the
// same, or both refuse.
#include <fuzz/decoding.hpp>
#include <fuzz/target.hpp>

#include <umoci/codec/zstd_decoder.hpp>

#include <umoci_test/faulty.hpp>

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <vector>

namespace umoci::fuzz {
namespace {

using End = Expectation::End;

std::uint32_t number_at(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) number = number << 8U | static_cast<std::uint8_t>(bytes[i]);
  return number;
}

/// The size of the first frame in `rest`, whose content is appended to `plain`; 0 if it is bad.
std::size_t read_frame(std::string_view rest, std::string& plain, bool& is_large) {
  constexpr std::size_t header_bytes = 8;
  if (rest.size() < 4) return 0;
  if ((number_at(rest) & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START) {
    if (rest.size() < header_bytes) return 0;
    const std::uint32_t size_bytes = number_at(rest.substr(4));
    return size_bytes > rest.size() - header_bytes ? 0 : header_bytes + size_bytes;
  }
  if (number_at(rest) != ZSTD_MAGICNUMBER) return 0;
  const std::size_t frame_bytes = ZSTD_findFrameCompressedSize(rest.data(), rest.size());
  if (ZSTD_isError(frame_bytes) != 0) return 0;
  const std::size_t before = plain.size();
  plain.resize(decoder_limits.layer_bytes + 1);
  const std::size_t produced =
      ZSTD_decompress(plain.data() + before, plain.size() - before, rest.data(), frame_bytes);
  is_large = ZSTD_getErrorCode(produced) == ZSTD_error_dstSize_tooSmall;
  plain.resize(before + (ZSTD_isError(produced) != 0 ? 0 : produced));
  return ZSTD_isError(produced) != 0 ? 0 : frame_bytes;
}

Expectation expectation_of(std::string_view stream) {
  Expectation expected;
  for (std::string_view rest = stream; !rest.empty();) {
    bool is_large = false;
    const std::size_t taken = read_frame(rest, expected.plain, is_large);
    if (is_large || expected.plain.size() > decoder_limits.layer_bytes) {
      return {.plain = {}, .end = End::bad};
    }
    if (taken == 0) return {};
    rest.remove_prefix(taken);
    expected.end = End::good;
  }
  return expected;
}

Decoding decode(std::string_view stream, unsigned jobs) {
  umoci::test::ChunkedSource source(stream, 1 + stream.size() % 313);
  codec::ZstdDecoder decoder(source, {.limits = decoder_limits, .jobs = jobs});
  return read_decoder(decoder);
}

/// True if the stream may need more memory than the limit: some frame in it has a window descriptor
/// that says so.
bool may_exceed_window(std::string_view stream) {
  constexpr std::string_view magic("\x28\xb5\x2f\xfd", 4);
  for (std::size_t at = stream.find(magic); at != std::string_view::npos;
       at = stream.find(magic, at + 1)) {
    if (at + 5 >= stream.size()) break;
    const auto window = static_cast<unsigned char>(stream[at + 5]);
    constexpr unsigned limit_log = 20;
    if ((window >> 3U) + 10U >= limit_log) return true;
  }
  return false;
}

void check(std::string_view stream) {
  const Decoding ours = decode(stream, 1);
  expect(ours == decode(stream, 3), "the result depends on threads");
  if (ours.error == ErrorKind::limit_exceeded && may_exceed_window(stream)) return;
  check_decoding(ours, expectation_of(stream));
}

}  // namespace
}  // namespace umoci::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  umoci::fuzz::check(umoci::fuzz::as_text(data, size));
  return 0;
}
