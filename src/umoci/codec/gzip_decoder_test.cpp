// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/gzip_decoder.hpp>

#include <umoci/codec/codec.hpp>

#include <umoci_test/faulty.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/sample_bytes.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace umoci::codec {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

std::string gzip(std::string_view plain, const std::string& option = "-6") {
  const auto result = test::run_program({"gzip", "-nc", option}, plain);
  EXPECT_EQ(result.status, 0) << result.err;
  return result.out;
}

std::string our_gzip(std::string_view plain) {
  io::BytesSink out;
  const auto sink = encoder(Compression::gzip, out, {.jobs = 1});
  sink->write(io::as_bytes(plain));
  sink->finish();
  return out.bytes();
}

/// What gzip's own options cannot make: a member with the given flags and optional parts.
std::string member_with(unsigned flags, std::string_view optional_parts, std::string_view plain) {
  std::string bytes = gzip(plain);
  bytes[3] = static_cast<char>(flags);
  return bytes.insert(10, optional_parts);
}

struct Outcome {
  std::string plain;
  /// Empty if the stream was good to its end.
  std::string error;
  ErrorKind kind = ErrorKind::internal;
};

class GzipDecoding : public testing::TestWithParam<std::tuple<InflateEngine, unsigned>> {
 protected:
  Outcome decode(std::string_view compressed, std::size_t chunk_bytes = 1U << 16U,
                 const Limits& limits = {}) {
    test::ChunkedSource source(compressed, chunk_bytes);
    return decode_source(source, limits);
  }

  Outcome decode_source(io::Source& source, const Limits& limits = {}) {
    const auto [engine, jobs] = GetParam();
    GzipDecoder decoder(source, {.limits = limits, .jobs = jobs, .engine = engine}, log_);
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

  test::RecordingLog log_;
};

INSTANTIATE_TEST_SUITE_P(AllEngines, GzipDecoding,
                         testing::Combine(testing::ValuesIn(inflate_engines()),
                                          testing::Values(1U, 3U)));

TEST_P(GzipDecoding, ReadsWhatGzipWrites) {
  for (const std::size_t size : {0U, 1U, 1000U, 70'000U, 1'500'000U}) {
    const std::string plain = test::sample_bytes(size);
    for (const char* level : {"-1", "-9"}) {
      const std::string compressed = gzip(plain, level);
      expect_plain(compressed, plain);
      expect_plain(compressed, plain, compressed.size());
      expect_plain(compressed, plain, 1000);
      if (size < 100'000) expect_plain(compressed, plain, 1);
    }
  }
}

TEST_P(GzipDecoding, ReadsWhatOtherProgramsWrite) {
  const std::string plain = test::sample_bytes(1'200'000);
  const std::vector<std::vector<std::string>> programs{
      {"pigz", "-c", "-p", "3"},
      {"pigz", "-c", "-i", "-b", "32"},
      {"igzip", "-c", "-0"},
      {"igzip", "-c", "-3"},
      {"python3", "-c",
       "import gzip,sys;sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read()))"}};
  for (const auto& program : programs) {
    if (!test::has_program(program.front())) continue;
    const auto result = test::run_program(program, plain);
    ASSERT_EQ(result.status, 0) << program.front() << result.err;
    expect_plain(result.out, plain);
  }
}

TEST_P(GzipDecoding, ReadsStoredAndRepetitiveData) {
  std::string noise;
  std::uint64_t state = 42;
  for (int i = 0; i < 300'000; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    noise += static_cast<char>(state >> 56U);
  }
  expect_plain(gzip(noise), noise);
  expect_plain(gzip(noise), noise, 999);
  const std::string zeros(5'000'000, '\0');
  expect_plain(gzip(zeros), zeros);
  expect_plain(gzip(zeros), zeros, 1);
}

TEST_P(GzipDecoding, ConcatenatesMembers) {
  const std::string first = test::sample_bytes(100'000, 1);
  const std::string second = test::sample_bytes(200'000, 2);
  expect_plain(gzip(first) + gzip("") + gzip(second) + gzip(""), first + second, 777);
  expect_plain(gzip("") + gzip("") + gzip(""), "");
  expect_plain(our_gzip(first) + gzip(second) + our_gzip(second) + our_gzip("") + gzip(first),
               first + second + second + first);

  const std::string two_empty = gzip("") + our_gzip("");
  std::string many;
  for (int i = 0; i < 5000; ++i) many += two_empty;
  expect_plain(many + gzip("end"), "end");
}

TEST_P(GzipDecoding, ReadsOptionalHeaderParts) {
  const std::string plain = "some text";
  expect_plain(member_with(0x08, "a name\0"s, plain), plain);
  expect_plain(member_with(0x10, "a comment\0"s, plain), plain);
  expect_plain(member_with(0x01, "", plain), plain);  // a hint that the data is text
  expect_plain(member_with(0x04, "\0\0"s, plain), plain);
  expect_plain(member_with(0x04, "\x06\0XY\x02\0ab"s, plain), plain);
  expect_plain(member_with(0x04, "\x03\0abc"s, plain), plain);         // no subfields at all
  expect_plain(member_with(0x04, "\x04\0XY\xff\xff"s, plain), plain);  // one that is cut off
  expect_plain(member_with(0x1c, "\x01\0xname\0comment\0"s, plain), plain, 1);
  expect_plain(member_with(0x08, std::string(300'000, 'n') + '\0', plain), plain, 1000);
}

TEST_P(GzipDecoding, ChecksTheHeaderChecksum) {
  // Python's zlib makes no such header either, but it can compute the checksum.
  const auto crc = test::run_program(
      {"python3", "-c",
       "import sys,zlib;sys.stdout.buffer.write((zlib.crc32(sys.stdin.buffer.read())&65535)"
       ".to_bytes(2,'little'))"},
      member_with(0x0a, "n\0"s, "").substr(0, 12));
  ASSERT_EQ(crc.status, 0);
  expect_plain(member_with(0x0a, "n\0"s + crc.out, "text"), "text");
  std::string wrong = crc.out;
  wrong[1] ^= 1;
  expect_invalid(member_with(0x0a, "n\0"s + wrong, "text"), "header checksum");
}

TEST_P(GzipDecoding, RejectsInvalidHeaders) {
  expect_invalid("", "the stream is empty");
  expect_invalid("x", "unexpected end");
  expect_invalid(std::string(20, '\0'), "magic 00 00");
  expect_invalid("ustar tar file, not compressed at all", "magic 75 73");
  std::string bytes = gzip("text");
  bytes[2] = 7;
  expect_invalid(bytes, "compression method 7");
  for (const unsigned flag : {0x20U, 0x40U, 0x80U}) {
    expect_invalid(member_with(flag, "", "text"), "reserved flags");
  }
}

TEST_P(GzipDecoding, RejectsStreamsCutOffAnywhere) {
  const std::string first = gzip(test::sample_bytes(300));
  const std::string sized = our_gzip(test::sample_bytes(300));
  const std::string named = member_with(0x1c, "\x02\0xynom\0remark\0"s, "text");
  for (const std::string& whole : {first, sized, named}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Outcome alone = decode(std::string_view(whole).substr(0, size));
      EXPECT_EQ(alone.kind, ErrorKind::invalid_data) << size << " " << alone.error;
      if (size == 0) continue;
      const Outcome second = decode(first + whole.substr(0, size), 50);
      EXPECT_THAT(second.error, HasSubstr("unexpected end")) << size;
      EXPECT_GE(second.plain.size(), 300U);
    }
  }
}

TEST_P(GzipDecoding, AcceptsNulPaddingWithAWarning) {
  const std::string plain = test::sample_bytes(100'000);
  for (const std::string& compressed : {gzip(plain), our_gzip(plain)}) {
    for (const std::size_t count : {1U, 2U, 9U, 10U, 512U, 100'000U}) {
      log_.clear();
      expect_plain(compressed + std::string(count, '\0'), plain, 1000);
      ASSERT_EQ(log_.warnings().size(), 1U);
      EXPECT_EQ(log_.warnings().front(),
                "ignoring padding after the last gzip member bytes=" + std::to_string(count));
    }
    log_.clear();
    expect_plain(compressed, plain);
    EXPECT_TRUE(log_.warnings().empty());
  }
}

TEST_P(GzipDecoding, RejectsOtherTrailingBytes) {
  for (const std::string& compressed : {gzip("text"), our_gzip("text")}) {
    for (const std::string& junk :
         {"x"s, "\x1f"s, "\x1f\x8b"s, "\x1fxxxxxxxxxxxxx"s, "\n"s, std::string(600, ' '), "\0x"s,
          std::string(5000, '\0') + "x", "\0\0\0\0"s + gzip("more")}) {
      const Outcome outcome = decode(compressed + junk);
      EXPECT_EQ(outcome.kind, ErrorKind::invalid_data) << outcome.error;
      EXPECT_EQ(outcome.plain, "text");
    }
  }
}

TEST_P(GzipDecoding, ChecksChecksumAndLength) {
  for (std::string compressed : {gzip("some text"), our_gzip("some text")}) {
    for (std::size_t at = compressed.size() - 8; at < compressed.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        std::string wrong = compressed;
        wrong[at] = static_cast<char>(static_cast<unsigned char>(wrong[at]) ^ (1U << bit));
        const Outcome outcome = decode(wrong);
        EXPECT_EQ(outcome.kind, ErrorKind::invalid_data) << at << " " << bit;
        const Outcome followed = decode(wrong + gzip("x"), 1);
        EXPECT_EQ(followed.kind, ErrorKind::invalid_data) << at << " " << bit;
      }
    }
  }
}

/// One bit anywhere: either an error, or a header field that does not matter.
TEST_P(GzipDecoding, IsNeverSilentlyWrong) {
  const std::string plain = test::sample_bytes(800);
  const std::string second = test::sample_bytes(100, 2);
  for (const std::string& compressed :
       {gzip(plain) + gzip(second), our_gzip(plain) + our_gzip(second),
        member_with(0x1c, "\x06\0XY\x02\0abname\0comment\0"s, plain)}) {
    const std::string expected = decode(compressed).plain;
    std::size_t harmless = 0;
    for (std::size_t at = 0; at < compressed.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        std::string wrong = compressed;
        wrong[at] = static_cast<char>(static_cast<unsigned char>(wrong[at]) ^ (1U << bit));
        const Outcome outcome = decode(wrong);
        if (outcome.error.empty()) {
          ++harmless;
          EXPECT_TRUE(outcome.plain == expected) << at << " " << bit;
        } else {
          EXPECT_EQ(outcome.kind, ErrorKind::invalid_data) << outcome.error;
        }
      }
    }
    EXPECT_LT(harmless, 400U);
  }
}

/// Every byte position with every value, against Python's zlib. What it rejects, so do we.
TEST_P(GzipDecoding, AgreesWithZlibOnDamagedData) {
  const std::string compressed = gzip("abcabcabcabcabc, abcabcabc. ABC");
  std::string all;
  std::vector<Outcome> ours;
  for (std::size_t at = 10; at < compressed.size(); ++at) {
    for (int value = 0; value < 256; value += 5) {
      std::string wrong = compressed;
      wrong[at] = static_cast<char>(value);
      ours.push_back(decode(wrong));
      all += wrong;
    }
  }
  const auto result = test::run_program(
      {"python3", "-c",
       "import sys,zlib\n"
       "size=int(sys.argv[1]); data=sys.stdin.buffer.read()\n"
       "for i in range(0,len(data),size):\n"
       "  d=zlib.decompressobj(31)\n"
       "  try:\n"
       "    d.decompress(data[i:i+size]); print(int(d.eof and not d.unused_data))\n"
       "  except zlib.error: print(0)\n",
       std::to_string(compressed.size())},
      all);
  ASSERT_EQ(result.status, 0) << result.err;
  std::string verdicts;
  for (const Outcome& outcome : ours) verdicts += outcome.error.empty() ? "1\n" : "0\n";
  EXPECT_TRUE(verdicts == result.out);
  EXPECT_THAT(verdicts, HasSubstr("1"));
}

TEST_P(GzipDecoding, DeliversWhatComesBeforeAnError) {
  const std::string plain = test::sample_bytes(1U << 20U);
  std::string bad = our_gzip(plain);
  bad[bad.size() / 2] ^= 1;
  const Outcome outcome = decode(our_gzip(plain) + gzip(plain) + our_gzip(plain) + our_gzip(plain) +
                                 bad + our_gzip(""));
  EXPECT_EQ(outcome.kind, ErrorKind::invalid_data);
  EXPECT_EQ(outcome.plain.size(), 4 * plain.size());
}

TEST_P(GzipDecoding, RejectsMembersThatLieAboutTheirSize) {
  const std::string good = our_gzip(test::sample_bytes(1000));
  for (const std::uint32_t wrong_size : {0U, 1U, 19U, 20U, 27U, 28U, 100U}) {
    std::string bad = good;
    for (unsigned i = 0; i < 4; ++i) bad[16 + i] = static_cast<char>(wrong_size >> (8 * i));
    const Outcome outcome = decode(bad + good + good);
    EXPECT_EQ(outcome.kind, ErrorKind::invalid_data) << wrong_size;
  }
  // One that claims its successor, too.
  std::string greedy = good + good;
  const auto size = static_cast<std::uint32_t>(greedy.size());
  for (unsigned i = 0; i < 4; ++i) greedy[16 + i] = static_cast<char>(size >> (8 * i));
  EXPECT_EQ(decode(greedy).kind, ErrorKind::invalid_data);
  // A size beyond what such a member can have is nothing we wrote: the field is ignored.
  std::string foreign = good;
  foreign[19] = '\x7f';
  expect_plain(foreign + good, test::sample_bytes(1000) + test::sample_bytes(1000));
}

TEST_P(GzipDecoding, PassesReadErrorsOn) {
  const std::string compressed = gzip(test::sample_bytes(100'000)) + our_gzip("text");
  for (const std::size_t good : {std::size_t{0}, std::size_t{5}, std::size_t{2000},
                                 compressed.size() - 40, compressed.size() - 10}) {
    io::BytesSource bytes(compressed);
    test::FailingSource source(bytes, good, ErrorKind::io);
    const Outcome outcome = decode_source(source);
    EXPECT_EQ(outcome.kind, ErrorKind::io);
    EXPECT_EQ(outcome.error, "injected read error");
  }
}

TEST_P(GzipDecoding, ObeysTheLayerLimit) {
  const std::string plain(3U << 20U, 'x');
  for (const std::string& compressed : {gzip(plain), our_gzip(plain)}) {
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

TEST_P(GzipDecoding, ObeysTheExpansionRatio) {
  const std::string plain(3U << 20U, 'x');
  for (const std::string& compressed : {gzip(plain), our_gzip(plain)}) {
    Limits limits;
    limits.expansion_free_bytes = 1U << 20U;
    limits.expansion_ratio = 100;
    const Outcome outcome = decode(compressed, 1U << 16U, limits);
    EXPECT_EQ(outcome.kind, ErrorKind::limit_exceeded);
    EXPECT_THAT(outcome.error, HasSubstr("expansion_ratio"));
    limits.expansion_ratio = 1100;
    EXPECT_EQ(decode(compressed, 1U << 16U, limits).error, "");
    limits.expansion_ratio = 100;
    // What is free is free on top.
    limits.expansion_free_bytes = plain.size() - compressed.size() * 100;
    EXPECT_EQ(decode(compressed, 1U << 16U, limits).error, "");
    limits.expansion_free_bytes -= 1;
    EXPECT_EQ(decode(compressed, 1U << 16U, limits).kind, ErrorKind::limit_exceeded);
    limits.expansion_free_bytes = 3U << 20U;
    EXPECT_EQ(decode(compressed, 1U << 16U, limits).error, "");
  }
}

TEST_P(GzipDecoding, CanExceedTheDefaultRatio) {
  // Deflate cannot do more than 1032 to 1: a higher limit would be none.
  Limits limits;
  limits.expansion_free_bytes = 0;
  const std::string zeros(4U << 20U, '\0');
  for (const std::string& compressed : {gzip(zeros), our_gzip(zeros)}) {
    EXPECT_EQ(decode(compressed, 1U << 16U, limits).kind, ErrorKind::limit_exceeded);
  }
}

TEST(UnusedAllowance, IsWhatIsLeftForTheNextLayer) {
  const Limits limits{.expansion_ratio = 10, .expansion_free_bytes = 1000};
  EXPECT_EQ(without_used_allowance(limits, 100, 1000).expansion_free_bytes, 1000U);
  EXPECT_EQ(without_used_allowance(limits, 100, 1001).expansion_free_bytes, 999U);
  EXPECT_EQ(without_used_allowance(limits, 0, 400).expansion_free_bytes, 600U);
  EXPECT_EQ(without_used_allowance(limits, 0, 5000).expansion_free_bytes, 0U);
  EXPECT_EQ(without_used_allowance(limits, ~0ULL, ~0ULL).expansion_free_bytes, 1000U);
  const Limits any{.expansion_ratio = 0, .expansion_free_bytes = 1000};
  EXPECT_EQ(without_used_allowance(any, 0, 5000).expansion_free_bytes, 1000U);
}

TEST_P(GzipDecoding, CanBeAbandoned) {
  const std::string compressed = our_gzip(test::sample_bytes(5U << 20U));
  for (int round = 0; round < 5; ++round) {
    io::BytesSource source(compressed);
    GzipDecoder decoder(source, {.jobs = std::get<1>(GetParam())}, log_);
    io::skip(decoder, static_cast<std::uint64_t>(round) * 1'000'000);
  }
}

}  // namespace
}  // namespace umoci::codec
