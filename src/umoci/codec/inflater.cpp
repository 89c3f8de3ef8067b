// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/inflater.hpp>

#include <umoci/base/error.hpp>

#include <zlib.h>
#ifdef UMOCI_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace umoci::codec {
namespace {

[[noreturn]] void fail(const char* why) {
  throw Error(ErrorKind::invalid_data, std::string("invalid gzip data: ") + why);
}

/// Both libraries count in 32 bits.
unsigned clamp_size(std::size_t size) {
  return static_cast<unsigned>(
      std::min<std::size_t>(size, std::numeric_limits<unsigned>::max() / 2));
}

// Both libraries take their input as non-const for historical reasons and do not write to it.
std::uint8_t* input_pointer(io::Bytes in) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));
}

class ZlibInflater final : public Inflater {
 public:
  ZlibInflater() {
    // 16 asks for a gzip wrapper.
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  ZlibInflater(const ZlibInflater&) = delete;
  ZlibInflater& operator=(const ZlibInflater&) = delete;
  ~ZlibInflater() override { inflateEnd(&stream_); }

  void start() override {
    // The header was read by us; zlib checks the trailer only if it has seen one.
    static constexpr std::array<std::byte, 10> header{std::byte{0x1f}, std::byte{0x8b},
                                                      std::byte{8}};
    inflateReset(&stream_);
    std::array<std::byte, 1> nothing{};
    step(header, nothing);
  }

  Step step(io::Bytes in, std::span<std::byte> out) override {
    const unsigned in_bytes = clamp_size(in.size());
    const unsigned out_bytes = clamp_size(out.size());
    stream_.next_in = input_pointer(in);
    stream_.avail_in = in_bytes;
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = out_bytes;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    // Z_BUF_ERROR: nothing could be done this time.
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      if (result == Z_MEM_ERROR) throw std::bad_alloc();
      fail(stream_.msg != nullptr ? stream_.msg : "needs a dictionary");
    }
    return {.consumed = in_bytes - stream_.avail_in,
            .produced = out_bytes - stream_.avail_out,
            .ended = result == Z_STREAM_END};
  }

 private:
  z_stream stream_{};
};

#ifdef UMOCI_HAVE_ISAL
class IsalInflater final : public Inflater {
 public:
  void start() override {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP_NO_HDR_VER;
  }

  Step step(io::Bytes in, std::span<std::byte> out) override {
    const unsigned in_bytes = clamp_size(in.size());
    const unsigned out_bytes = clamp_size(out.size());
    state_->next_in = input_pointer(in);
    state_->avail_in = in_bytes;
    state_->next_out = reinterpret_cast<std::uint8_t*>(out.data());
    state_->avail_out = out_bytes;
    const int result = isal_inflate(state_.get());
    if (result == ISAL_INCORRECT_CHECKSUM) fail("incorrect checksum or length");
    if (result == ISAL_INVALID_BLOCK) fail("invalid block");
    if (result == ISAL_INVALID_SYMBOL) fail("invalid symbol");
    if (result == ISAL_INVALID_LOOKBACK) fail("distance too far back");
    if (result < 0) fail("rejected by the inflate library");
    return {.consumed = in_bytes - state_->avail_in,
            .produced = out_bytes - state_->avail_out,
            .ended = state_->block_state == ISAL_BLOCK_FINISH};
  }

 private:
  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
};
#endif

}  // namespace

std::vector<InflateEngine> inflate_engines() {
#ifdef UMOCI_HAVE_ISAL
  return {InflateEngine::isal, InflateEngine::zlib};
#else
  return {InflateEngine::zlib};
#endif
}

std::unique_ptr<Inflater> make_inflater(InflateEngine engine) {
#ifdef UMOCI_HAVE_ISAL
  if (engine == InflateEngine::isal) return std::make_unique<IsalInflater>();
#endif
  if (engine == InflateEngine::zlib) return std::make_unique<ZlibInflater>();
  throw Error(ErrorKind::unsupported, "this build has no ISA-L");
}

}  // namespace umoci::codec
