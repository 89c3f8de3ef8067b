// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/codec.hpp>

#include <umoci/base/error.hpp>
#include <umoci/io/stage.hpp>

#include <umoci_test/faulty.hpp>
#include <umoci_test/sample_bytes.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace umoci::codec {
namespace {

TEST(Compression, HasNames) {
  EXPECT_EQ(name_of(Compression::gzip), "gzip");
  EXPECT_EQ(name_of(Compression::zstd), "zstd");
  EXPECT_EQ(name_of(Compression::none), "none");
}

TEST(Compression, IsToldByMagicNumbers) {
  const auto sniff_text = [](std::string_view head) { return sniff(io::as_bytes(head)); };
  EXPECT_EQ(sniff_text("\x1f\x8b\x08"), Compression::gzip);
  EXPECT_EQ(sniff_text("\x28\xb5\x2f\xfd"), Compression::zstd);
  for (const std::string_view other : {"", "\x1f", "\x28\xb5\x2f", "etc/passwd", "BZh9"}) {
    EXPECT_EQ(sniff_text(other), Compression::none) << other;
  }
}

TEST(PlainDecoder, LendsTheBytesInPlace) {
  const std::string text = test::sample_bytes(10'000);
  io::BytesSource upstream(text);
  const auto plain = decoder(Compression::none, upstream, Limits{}, silent_log());
  EXPECT_EQ(io::as_text(plain->peek()).data(), text.data());
  EXPECT_EQ(io::read_all(*plain, text.size()), text);
}

TEST(PlainDecoder, AcceptsAnEmptyLayer) {
  io::BytesSource upstream("");
  const auto plain = decoder(Compression::none, upstream, Limits{}, silent_log());
  EXPECT_TRUE(plain->peek().empty());
}

TEST(PlainDecoder, ObeysTheLayerLimitAndCountsBytesOnce) {
  const std::string text = test::sample_bytes(10'000);
  for (const std::uint64_t limit : {10'000U, 9'999U}) {
    test::ChunkedSource upstream(text, 100);
    Limits limits;
    limits.layer_bytes = limit;
    limits.expansion_free_bytes = 0;
    limits.expansion_ratio = 1;
    const auto plain = decoder(Compression::none, upstream, limits, silent_log());
    const auto read_in_small_steps = [&] {
      while (!plain->peek().empty()) plain->consume(1);
    };
    if (limit == text.size())
      EXPECT_NO_THROW(read_in_small_steps());
    else
      EXPECT_THROW(read_in_small_steps(), Error);
  }
}

TEST(Decoder, WorksBehindAndBeforeReadAhead) {
  const std::string text = test::sample_bytes(7'000'000);
  for (const auto compression : {Compression::gzip, Compression::zstd}) {
    io::BytesSink out;
    const auto sink = encoder(compression, out);
    sink->write(io::as_bytes(text));
    sink->finish();
    io::BytesSource bytes(out.bytes());
    io::ReadAhead compressed(bytes);
    const auto decoded = decoder(compression, compressed, Limits{}, silent_log());
    io::ReadAhead plain(*decoded);
    EXPECT_TRUE(io::read_all(plain, text.size()) == text);
  }
}

}  // namespace
}  // namespace umoci::codec
