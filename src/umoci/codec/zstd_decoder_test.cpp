// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/zstd_decoder.hpp>

#include <umoci/codec/codec.hpp>

#include <umoci_test/faulty.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/sample_bytes.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace umoci::codec {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

std::string zstd(std::string_view plain, const std::vector<std::string>& options = {}) {
  std::vector<std::string> command{"zstd", "-cq"};
  command.insert(command.end(), options.begin(), options.end());
  const auto result = test::run_program(command, plain);
  EXPECT_EQ(result.status, 0) << result.err;
  return result.out;
}

std::string our_zstd(std::string_view plain) {
  io::BytesSink out;
  const auto sink = encoder(Compression::zstd, out, {.jobs = 1});
  sink->write(io::as_bytes(plain));
  sink->finish();
  return out.bytes();
}

std::string skippable_frame(std::size_t size, char variant = '\x50') {
  std::string frame{variant, '\x2a', '\x4d', '\x18'};
  for (unsigned i = 0; i < 4; ++i) frame += static_cast<char>(size >> (8 * i));
  return frame + std::string(size, 's');
}

struct Outcome {
  std::string plain;
  std::string error;
  ErrorKind kind = ErrorKind::internal;
};

Outcome decode_with_jobs(io::Source& source, const Limits& limits, unsigned jobs) {
  ZstdDecoder decoder(source, {.limits = limits, .jobs = jobs});
  Outcome outcome;
  try {
    for (io::Bytes chunk = decoder.peek(); !chunk.empty(); chunk = decoder.peek()) {
      outcome.plain += io::as_text(chunk);
      decoder.consume(chunk.size());
    }
    EXPECT_TRUE(decoder.peek().empty());
  } catch (const Error& error) {
    outcome.error = error.what();
    outcome.kind = error.kind();
    EXPECT_THROW(static_cast<void>(decoder.peek()), Error);
  }
  return outcome;
}

Outcome decode(std::string_view compressed, std::size_t chunk_bytes = 1U << 16U,
               const Limits& limits = {}) {
  test::ChunkedSource source(compressed, chunk_bytes);
  Outcome outcome = decode_with_jobs(source, limits, 1);
  test::ChunkedSource again(compressed, chunk_bytes);
  const Outcome threaded = decode_with_jobs(again, limits, 3);
  EXPECT_EQ(threaded.error, outcome.error);
  EXPECT_TRUE(threaded.plain == outcome.plain);
  return outcome;
}

void expect_plain(std::string_view compressed, std::string_view plain,
                  std::size_t chunk_bytes = 1U << 16U) {
  const Outcome outcome = decode(compressed, chunk_bytes);
  EXPECT_EQ(outcome.error, "");
  EXPECT_TRUE(outcome.plain == plain) << outcome.plain.size() << " bytes";
}

void expect_invalid(std::string_view compressed, const std::string& words) {
  const Outcome outcome = decode(compressed);
  EXPECT_THAT(outcome.error, HasSubstr(words));
  EXPECT_EQ(outcome.kind, ErrorKind::invalid_data);
}

TEST(ZstdDecoder, ReadsWhatZstdWrites) {
  for (const std::size_t size : {0U, 1U, 1000U, 70'000U, 3'000'000U}) {
    const std::string plain = test::sample_bytes(size);
    for (const std::vector<std::string>& options : {std::vector<std::string>{"-1"},
                                                    {"-10"},
                                                    {"--fast=5"},
                                                    {"--no-check"},
                                                    {"-T2"},
                                                    {"--long=27"},
                                                    {"--stream-size=" + std::to_string(size)}}) {
      const std::string compressed = zstd(plain, options);
      expect_plain(compressed, plain);
      expect_plain(compressed, plain, compressed.size());
      expect_plain(compressed, plain, 7);
    }
  }
}

/// A frame by hand: RFC 8878 allows any number of empty blocks.
TEST(ZstdDecoder, ReadsFramesWithNeedlesslyManyBlocks) {
  const std::string magic = "\x28\xb5\x2f\xfd"s;
  const std::string empty_block = "\0\0\0"s;
  const std::string last_block = "\x29\0\0hello"s;
  std::string blocks;
  for (const std::size_t count : {std::size_t{0}, std::size_t{3}, std::size_t{2'000'000}}) {
    while (blocks.size() < count * empty_block.size()) blocks += empty_block;
    // One with its size, which is 5; and one with a window of 1 KiB instead.
    expect_plain(magic + "\x20\x05" + blocks + last_block, "hello");
    expect_plain(magic + "\0\0"s + blocks + last_block + zstd("x"), "hellox");
  }
}

TEST(ZstdDecoder, ReadsEveryFormOfTheContentSize) {
  for (const std::size_t size : {0U, 255U, 256U, 65'791U, 65'792U, 4U << 20U, (4U << 20U) + 1}) {
    const std::string plain = test::sample_bytes(size);
    const test::TemporaryDirectory directory;
    test::write_file(directory / "plain", plain);
    const auto result = test::run_program({"zstd", "-cq", directory / "plain"});
    ASSERT_EQ(result.status, 0);
    expect_plain(result.out + zstd("end"), plain + "end");
  }
}

TEST(ZstdDecoder, ChecksTheContentSize) {
  std::string compressed = our_zstd(test::sample_bytes(1000));
  for (const char wrong : {'\0', '\xe7', '\xe9'}) {
    ASSERT_EQ(compressed[4] & 0xe0, 0x60);  // a single segment and two bytes of size
    compressed[5] = wrong;
    EXPECT_EQ(decode(compressed).kind, ErrorKind::invalid_data);
  }
}

TEST(ZstdDecoder, DeliversWhatComesBeforeAnError) {
  const std::string plain = test::sample_bytes(5U << 20U);
  std::string bad = our_zstd(plain);
  bad[bad.size() / 2] ^= 1;
  const Outcome outcome = decode(our_zstd(plain) + zstd(plain) + our_zstd(plain) + bad + zstd(""));
  EXPECT_EQ(outcome.kind, ErrorKind::invalid_data);
  EXPECT_GE(outcome.plain.size(), 3 * plain.size());
}

TEST(ZstdDecoder, ConcatenatesFrames) {
  const std::string first = test::sample_bytes(100'000, 1);
  const std::string second = test::sample_bytes(200'000, 2);
  for (const std::size_t chunk_bytes : {std::size_t{1}, std::size_t{777}, std::size_t{1} << 20U}) {
    expect_plain(zstd(first) + zstd("") + our_zstd(second) + zstd(""), first + second, chunk_bytes);
    expect_plain(zstd("") + zstd(""), "", chunk_bytes);
  }
}

TEST(ZstdDecoder, SkipsSkippableFrames) {
  const std::string plain = test::sample_bytes(10'000);
  for (const std::size_t size : {0U, 1U, 100'000U}) {
    const std::string skipped = skippable_frame(size) + skippable_frame(size, '\x5f');
    for (const std::size_t chunk_bytes : {1U, 3U, 1U << 20U}) {
      expect_plain(skipped + zstd(plain) + skipped + zstd(plain) + skipped, plain + plain,
                   chunk_bytes);
      expect_plain(skipped, "", chunk_bytes);
    }
  }
}

TEST(ZstdDecoder, RejectsStreamsCutOffAnywhere) {
  const std::string first = zstd("text");
  const std::string ours = our_zstd(test::sample_bytes(300));
  for (const std::string& whole : {zstd(test::sample_bytes(300)), ours, skippable_frame(20),
                                   zstd(test::sample_bytes(300), {"--no-check"})}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string_view part = std::string_view(whole).substr(0, size);
      // Between the only frame and the seek table.
      if (size + 25 == whole.size() && whole == ours) continue;
      EXPECT_EQ(decode(part).kind, ErrorKind::invalid_data) << size;
      if (size == 0) continue;
      const Outcome second = decode(first + std::string(part), 50);
      EXPECT_THAT(second.error, HasSubstr("unexpected end")) << size;
      EXPECT_TRUE(second.plain.starts_with("text"));
    }
  }
}

TEST(ZstdDecoder, RejectsWhatIsNoFrame) {
  expect_invalid("", "the stream is empty");
  expect_invalid("text, not compressed", "magic number");
  expect_invalid("\x1f\x8b\x08\x00"s, "magic number 0x00088b1f");
  // The formats of zstd's early days, 0.1 to 0.7.
  for (const char version : {'\x1e', '\x22', '\x23', '\x24', '\x25', '\x26', '\x27'}) {
    expect_invalid(std::string{version, '\xb5', '\x2f', '\xfd'} + std::string(50, '\0'), "magic");
  }
  const std::string good = zstd("text");
  for (const std::string& junk : {"x"s, "\0"s, std::string(512, '\0'), "\x28"s, "\x28\xb5\x2f\xfd"s,
                                  "junk and more"s, good.substr(1)}) {
    const Outcome outcome = decode(good + junk);
    EXPECT_EQ(outcome.kind, ErrorKind::invalid_data) << outcome.error;
    EXPECT_EQ(outcome.plain, "text");
  }
}

TEST(ZstdDecoder, IsNeverSilentlyWrong) {
  const std::string plain = test::sample_bytes(2000);
  for (const std::string& compressed : {zstd(plain), our_zstd(plain)}) {
    std::size_t harmless = 0;
    for (std::size_t at = 0; at < compressed.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        std::string wrong = compressed;
        wrong[at] = static_cast<char>(static_cast<unsigned char>(wrong[at]) ^ (1U << bit));
        const Outcome outcome = decode(wrong);
        if (outcome.error.empty()) {
          ++harmless;
          EXPECT_TRUE(outcome.plain == plain) << at << " " << bit;
        } else {
          EXPECT_TRUE(outcome.kind == ErrorKind::invalid_data ||
                      outcome.kind == ErrorKind::limit_exceeded)
              << outcome.error;
        }
      }
    }
    // Bits that are reserved or never read, and the seek table.
    EXPECT_LT(harmless, 250U);
  }
}

TEST(ZstdDecoder, RejectsFramesThatNeedADictionary) {
  const test::TemporaryDirectory directory;
  test::write_file(directory / "dictionary", test::sample_bytes(5000));
  ASSERT_EQ(test::run_program({"sh", "-c",
                               "cd \"$0\" && mkdir s && for i in $(seq 200); do echo \"line $i of "
                               "some text that repeats $i\" > s/$i; done && zstd -q --train s/* "
                               "--maxdict=2000 -o trained",
                               directory.path()})
                .status,
            0);
  const std::string compressed = zstd("line 7 of some text", {"-D", directory / "trained"});
  EXPECT_EQ(decode(compressed).kind, ErrorKind::invalid_data);
}

TEST(ZstdDecoder, BoundsTheWindow) {
  const std::string plain(1000, 'x');
  const std::string wide = zstd(plain, {"--ultra", "-22", "--long=28", "--no-content-size"});
  const Outcome outcome = decode(wide);
  EXPECT_EQ(outcome.kind, ErrorKind::limit_exceeded);
  EXPECT_THAT(outcome.error, HasSubstr("zstd_window_bytes"));

  Limits limits;
  limits.zstd_window_bytes = 256ULL << 20U;
  EXPECT_EQ(decode(wide, 1000, limits).plain, plain);
  limits.zstd_window_bytes = (256ULL << 20U) - 1;
  EXPECT_EQ(decode(wide, 1000, limits).kind, ErrorKind::limit_exceeded);
  limits.zstd_window_bytes = 0;
  EXPECT_EQ(decode(wide, 1000, limits).kind, ErrorKind::limit_exceeded);
  limits.zstd_window_bytes = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(decode(wide, 1000, limits).plain, plain);
}

TEST(ZstdDecoder, ObeysTheLayerLimit) {
  const std::string plain(5U << 20U, 'x');
  for (const std::string& compressed : {zstd(plain), our_zstd(plain)}) {
    Limits limits;
    limits.layer_bytes = plain.size();
    EXPECT_EQ(decode(compressed, 1U << 16U, limits).error, "");
    limits.layer_bytes = plain.size() - 1;
    const Outcome outcome = decode(compressed, 1U << 16U, limits);
    EXPECT_EQ(outcome.kind, ErrorKind::limit_exceeded);
    EXPECT_THAT(outcome.error, HasSubstr("layer_bytes"));
    EXPECT_LE(outcome.plain.size(), limits.layer_bytes);
  }
}

TEST(ZstdDecoder, ObeysTheExpansionRatio) {
  const std::string plain(50U << 20U, '\0');
  const std::string compressed = zstd(plain);
  ASSERT_LT(compressed.size(), 10'000U);
  Limits limits;
  limits.expansion_free_bytes = 1U << 20U;
  const Outcome outcome = decode(compressed, 1U << 16U, limits);
  EXPECT_EQ(outcome.kind, ErrorKind::limit_exceeded);
  EXPECT_THAT(outcome.error, HasSubstr("limit expansion_ratio exceeded"));
  EXPECT_EQ(decode(compressed).error, "");
}

TEST(ZstdDecoder, PassesReadErrorsOn) {
  const std::string compressed = zstd(test::sample_bytes(100'000));
  for (const std::size_t good :
       {std::size_t{0}, std::size_t{2}, std::size_t{4}, std::size_t{2000}, compressed.size() - 1}) {
    for (const unsigned jobs : {1U, 3U}) {
      io::BytesSource bytes(compressed);
      test::FailingSource source(bytes, good, ErrorKind::io);
      EXPECT_EQ(decode_with_jobs(source, {}, jobs).kind, ErrorKind::io);
    }
  }
}

}  // namespace
}  // namespace umoci::codec
