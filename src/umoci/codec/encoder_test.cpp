// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/codec.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/faulty.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/sample_bytes.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace umoci::codec {
namespace {

using testing::HasSubstr;

constexpr std::size_t mebibyte = 1U << 20U;

std::string encode(Compression compression, std::string_view plain, unsigned jobs) {
  io::BytesSink out;
  const auto sink = encoder(compression, out, {.jobs = jobs});
  sink->write(io::as_bytes(plain));
  sink->finish();
  return out.bytes();
}

std::string decode(Compression compression, std::string_view compressed, unsigned jobs) {
  io::BytesSource source(compressed);
  const auto plain = decoder(compression, source, DecoderOptions{.jobs = jobs}, silent_log());
  return io::read_all(*plain, 1U << 30U);
}

/// Sizes around the limits of blocks: 1 MiB for gzip, 4 MiB for zstd.
std::vector<std::size_t> interesting_sizes() {
  return {0,
          1,
          1000,
          mebibyte - 1,
          mebibyte,
          mebibyte + 1,
          4 * mebibyte - 1,
          4 * mebibyte,
          4 * mebibyte + 1,
          9 * mebibyte + 12345};
}

class Encoding : public testing::TestWithParam<Compression> {
 protected:
  void expect_program_reads(const std::vector<std::string>& program) {
    if (!test::has_program(program.front())) return;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, 4 * mebibyte + 1}) {
      const std::string_view plain = std::string_view(sample()).substr(0, size);
      const auto result = test::run_program(program, encode(GetParam(), plain, 2));
      EXPECT_EQ(result.status, 0) << program.front() << result.err;
      EXPECT_EQ(result.err, "") << program.front();
      EXPECT_TRUE(result.out == plain) << program.front() << " " << result.out.size();
    }
  }

  static const std::string& sample() {
    static const std::string bytes = test::sample_bytes(9 * mebibyte + 12345);
    return bytes;
  }
};

INSTANTIATE_TEST_SUITE_P(All, Encoding,
                         testing::Values(Compression::none, Compression::gzip, Compression::zstd),
                         [](const auto& all) { return std::string(name_of(all.param)); });

TEST_P(Encoding, GivesTheSameBytesForAnyNumberOfThreads) {
  const std::string reference = encode(GetParam(), sample(), 1);
  for (const unsigned jobs : {2U, 3U, 8U}) {
    EXPECT_TRUE(encode(GetParam(), sample(), jobs) == reference) << jobs;
  }
}

TEST_P(Encoding, GivesTheSameBytesForAnySizesOfWrites) {
  const std::string reference = encode(GetParam(), sample(), 1);
  std::mt19937 random(3);
  io::BytesSink out;
  const auto sink = encoder(GetParam(), out, {.jobs = 2});
  for (std::string_view rest = sample(); !rest.empty();) {
    const std::size_t count = std::min<std::size_t>(rest.size(), random() % (2 * mebibyte));
    sink->write(io::as_bytes(rest.substr(0, count)));
    rest.remove_prefix(count);
  }
  sink->finish();
  EXPECT_TRUE(out.bytes() == reference);
}

TEST_P(Encoding, SurvivesTheRoundTrip) {
  for (const std::size_t size : interesting_sizes()) {
    const std::string_view plain = std::string_view(sample()).substr(0, size);
    const std::string compressed = encode(GetParam(), plain, 2);
    for (const unsigned jobs : {1U, 2U, 5U}) {
      EXPECT_TRUE(decode(GetParam(), compressed, jobs) == plain) << size << " " << jobs;
    }
  }
}

TEST_P(Encoding, HandlesWhatCannotBeCompressed) {
  std::mt19937_64 random(5);
  std::string noise;
  while (noise.size() < 5 * mebibyte) noise += static_cast<char>(random());
  const std::string compressed = encode(GetParam(), noise, 2);
  EXPECT_LT(compressed.size(), noise.size() + noise.size() / 1000 + 100);
  EXPECT_TRUE(decode(GetParam(), compressed, 2) == noise);
}

TEST_P(Encoding, PassesWriteErrorsOn) {
  for (const unsigned jobs : {1U, 3U}) {
    for (const std::size_t good_bytes : {std::size_t{0}, std::size_t{10}, mebibyte, 2 * mebibyte}) {
      io::BytesSink out;
      test::FullSink full(out, good_bytes);
      const auto sink = encoder(GetParam(), full, {.jobs = jobs});
      try {
        sink->write(io::as_bytes(sample()));
        sink->finish();
        ADD_FAILURE() << good_bytes;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::no_space);
      }
    }
  }
}

TEST_P(Encoding, CanBeAbandoned) {
  for (std::size_t round = 0; round < 10; ++round) {
    io::BytesSink out;
    const auto sink = encoder(GetParam(), out, {.jobs = 3});
    sink->write(io::as_bytes(std::string_view(sample()).substr(0, mebibyte * round)));
  }
}

TEST_P(Encoding, DoesNotFinishTheSinkBehindIt) {
  test::UnfinishableSink out;
  const auto sink = encoder(GetParam(), out, {.jobs = 1});
  EXPECT_NO_THROW(sink->finish());
}

class GzipEncoding : public Encoding {};
INSTANTIATE_TEST_SUITE_P(, GzipEncoding, testing::Values(Compression::gzip));

TEST_P(GzipEncoding, IsReadByOtherPrograms) {
  expect_program_reads({"gzip", "-dc"});
  expect_program_reads({"zcat"});
  expect_program_reads({"pigz", "-dc"});
  expect_program_reads({"igzip", "-dc"});
  expect_program_reads({"bsdcat"});
  expect_program_reads({"python3", "-c",
                        "import gzip,sys;"
                        "sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))"});
  expect_program_reads({"perl", "-MIO::Uncompress::Gunzip=:all", "-e",
                        "binmode STDOUT; gunzip '-' => '-', MultiStream => 1 or die"});
}

TEST_P(GzipEncoding, FollowsItsDocumentation) {
  // An independent reading of docs/formats/gzip-members.md.
  const char* const script = R"(
import struct, sys, zlib
data = sys.stdin.buffer.read()
at, sizes = 0, []
while at < len(data):
    fixed = data[at:at + 20]
    assert fixed[:16] == bytes([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0]) + b"UM\4\0", fixed
    size = struct.unpack("<I", fixed[16:])[0]
    member = data[at:at + size]
    assert len(member) == size
    plain = zlib.decompressobj(-15)
    content = plain.decompress(member[20:-8])
    assert plain.eof and not plain.unused_data
    assert struct.unpack("<II", member[-8:]) == (zlib.crc32(content), len(content))
    sizes.append(len(content))
    at += size
print(sizes)
)";
  const auto sizes_of = [&](std::size_t size) {
    const auto result =
        test::run_program({"python3", "-c", script},
                          encode(Compression::gzip, std::string_view(sample()).substr(0, size), 3));
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
  };
  EXPECT_EQ(sizes_of(0), "[0]\n");
  EXPECT_EQ(sizes_of(5), "[5]\n");
  EXPECT_EQ(sizes_of(mebibyte), "[1048576]\n");
  EXPECT_EQ(sizes_of(2 * mebibyte + 7), "[1048576, 1048576, 7]\n");
}

class ZstdEncoding : public Encoding {};
INSTANTIATE_TEST_SUITE_P(, ZstdEncoding, testing::Values(Compression::zstd));

TEST_P(ZstdEncoding, IsReadByOtherPrograms) {
  expect_program_reads({"zstd", "-dcq"});
  expect_program_reads({"bsdcat"});
}

TEST_P(ZstdEncoding, HasChecksums) {
  std::string compressed = encode(Compression::zstd, "some text", 1);
  const auto listing = [](const std::string& bytes) {
    const test::TemporaryDirectory directory;
    test::write_file(directory / "x.zst", bytes);
    return test::run_program({"zstd", "-lv", directory / "x.zst"}).out;
  };
  EXPECT_THAT(listing(compressed), HasSubstr("Check: XXH64"));
  EXPECT_THAT(listing(compressed), HasSubstr("# Skippable Frames: 1"));
}

TEST_P(ZstdEncoding, FollowsItsDocumentation) {
  // An independent reading of docs/formats/zstd-frames.md.
  const char* const script = R"(
import struct, subprocess, sys
data = sys.stdin.buffer.read()
count, descriptor, magic = struct.unpack("<IBI", data[-9:])
assert (descriptor, magic) == (0, 0x8f92eab1)
table = data[-(9 + 8 * count + 8):]
assert struct.unpack("<II", table[:8]) == (0x184d2a5e, 9 + 8 * count)
at, sizes = 0, []
for entry in range(count):
    compressed, plain = struct.unpack_from("<II", table, 8 + 8 * entry)
    frame = data[at:at + compressed]
    content = subprocess.run(["zstd", "-dcq"], input=frame, capture_output=True, check=True).stdout
    assert len(content) == plain
    sizes.append(plain)
    at += compressed
assert at + len(table) == len(data)
print(sizes)
)";
  const auto sizes_of = [&](std::size_t size) {
    const auto result =
        test::run_program({"python3", "-c", script},
                          encode(Compression::zstd, std::string_view(sample()).substr(0, size), 3));
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
  };
  EXPECT_EQ(sizes_of(0), "[0]\n");
  EXPECT_EQ(sizes_of(5), "[5]\n");
  EXPECT_EQ(sizes_of(4 * mebibyte), "[4194304]\n");
  EXPECT_EQ(sizes_of(8 * mebibyte + 7), "[4194304, 4194304, 7]\n");
}

}  // namespace
}  // namespace umoci::codec
