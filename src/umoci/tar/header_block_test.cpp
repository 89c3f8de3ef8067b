// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/header_block.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/test_archive.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace umoci::tar::test {
namespace {

TEST(HeaderBlock, AcceptsTheSumOfUnsignedOrSignedBytes) {
  std::string block = RawHeader("\xc3\xa4").sealed();
  EXPECT_NO_THROW(HeaderBlock{block});
  const std::int64_t sum = HeaderBlock(block).number(field::checksum);
  const auto with_sum = [&block](std::int64_t value) {
    std::string other = block;
    return other.replace(field::checksum.offset, 7, fmt::format("{:06o}", value) + '\0');
  };
  EXPECT_NO_THROW(HeaderBlock{with_sum(sum - 2 * 256)});
  for (const std::int64_t wrong :
       {sum - 1, sum + 1, sum - 256, sum - 2 * 256 - 1, std::int64_t{0}}) {
    EXPECT_THROW(HeaderBlock{with_sum(wrong)}, Error) << wrong;
  }
}

TEST(HeaderBlock, TakesTheSumInAnyOctalForm) {
  std::string block = RawHeader("a").sealed();
  const std::int64_t sum = HeaderBlock(block).number(field::checksum);
  const std::vector<std::string> forms = {fmt::format("{:08o}", sum), fmt::format("{:o} ", sum),
                                          fmt::format("{:>7o}", sum), fmt::format("{:>8o}", sum)};
  for (const std::string& form : forms) {
    std::string other = block;
    other.replace(field::checksum.offset, 8, 8, '\0');
    other.replace(field::checksum.offset, form.size(), form);
    EXPECT_NO_THROW(HeaderBlock{other}) << quoted(form);
  }
  std::string binary = block;
  binary.replace(field::checksum.offset, 8,
                 std::string("\x80\0\0\0\0\0", 6) + static_cast<char>(sum >> 8U) +
                     static_cast<char>(sum & 0xff));
  EXPECT_THROW(HeaderBlock{binary}, Error);
}

TEST(HeaderBlock, AnyChangedBitIsNoticed) {
  const std::string block = RawHeader("name").sealed();
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (i >= field::checksum.offset && i < field::checksum.offset + field::checksum.size) continue;
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string flipped = block;
      flipped[i] = static_cast<char>(static_cast<unsigned char>(flipped[i]) ^ (1U << bit));
      EXPECT_THROW(HeaderBlock{flipped}, Error) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(HeaderBlock, KnowsDialectsByTheirMagic) {
  const auto dialect_of = [](std::string_view magic, std::string_view trailer = {}) {
    const std::string block =
        RawHeader("a").put(field::magic, magic).put(field::star_trailer, trailer).sealed();
    return HeaderBlock(block).dialect();
  };
  const std::string star_trailer("tar\0", 4);
  EXPECT_EQ(dialect_of(ustar_magic), Dialect::ustar);
  EXPECT_EQ(dialect_of(std::string("ustar\0\0\0", 8)), Dialect::ustar);
  EXPECT_EQ(dialect_of(std::string("ustar\0xx", 8)), Dialect::ustar);
  EXPECT_EQ(dialect_of(ustar_magic, star_trailer), Dialect::star);
  EXPECT_EQ(dialect_of(gnu_magic), Dialect::gnu);
  EXPECT_EQ(dialect_of(gnu_magic, star_trailer), Dialect::gnu);
  EXPECT_EQ(dialect_of("ustar  x"), Dialect::v7);
  EXPECT_EQ(dialect_of("ustar   "), Dialect::v7);
  EXPECT_EQ(dialect_of("USTAR"), Dialect::v7);
  EXPECT_EQ(dialect_of(v7_magic), Dialect::v7);
  EXPECT_EQ(dialect_of(v7_magic, star_trailer), Dialect::v7);
}

TEST(HeaderBlock, PrefixDependsOnTheDialect) {
  const auto prefix_of = [](std::string_view magic, std::string_view prefix,
                            std::string_view trailer = {}) {
    const std::string block = RawHeader("a")
                                  .put(field::magic, magic)
                                  .put(field::ustar_prefix, prefix)
                                  .put(field::star_trailer, trailer)
                                  .sealed();
    return std::string(HeaderBlock(block).prefix());
  };
  const std::string full(155, 'p');
  EXPECT_EQ(prefix_of(ustar_magic, "usr/share"), "usr/share");
  EXPECT_EQ(prefix_of(ustar_magic, full), full);
  EXPECT_EQ(prefix_of(ustar_magic, full, std::string("tar\0", 4)), full.substr(0, 131));
  EXPECT_EQ(prefix_of(v7_magic, "usr/share"), "");
}

TEST(HeaderBlock, GnuTimesThatAreNoneAreAPrefix) {
  const auto header = [](std::string_view atime, std::string_view ctime) {
    RawHeader raw("a");
    raw.put(field::magic, gnu_magic).put(field::gnu_atime, atime).put(field::gnu_ctime, ctime);
    return raw.sealed();
  };
  const std::string times = header("00000000012", "00000000013");
  EXPECT_EQ(HeaderBlock(times).prefix(), "");
  EXPECT_EQ(HeaderBlock(times).atime(), 10);

  const std::string unset = header("", "");
  EXPECT_EQ(HeaderBlock(unset).prefix(), "");
  EXPECT_EQ(HeaderBlock(unset).atime(), std::nullopt);

  const std::string text = header("usr/share/do", "c/packages");
  EXPECT_EQ(HeaderBlock(text).prefix(), "usr/share/doc/packages");
  EXPECT_EQ(HeaderBlock(text).atime(), std::nullopt);

  const std::string half = header("00000000012", "not a time");
  EXPECT_EQ(HeaderBlock(half).prefix(), "00000000012");
  EXPECT_EQ(HeaderBlock(half).atime(), std::nullopt);

  const std::string bytes = header("usr/\xff", "");
  EXPECT_EQ(HeaderBlock(bytes).prefix(), "");
}

TEST(HeaderBlock, StarHasTimes) {
  const auto header = [](std::string_view atime) {
    return RawHeader("a")
        .put(field::star_trailer, std::string("tar\0", 4))
        .put(field::star_atime, atime)
        .sealed();
  };
  const std::string set = header("00000000012");
  EXPECT_EQ(HeaderBlock(set).atime(), 10);
  const std::string unset = header("");
  EXPECT_EQ(HeaderBlock(unset).atime(), std::nullopt);
  const std::string bad = header("yesterday");
  EXPECT_THROW(static_cast<void>(HeaderBlock(bad).atime()), Error);
}

TEST(HeaderBlock, NamesTheFieldThatHoldsNoNumber) {
  const std::string block = RawHeader("a").put(field::mtime, "today").sealed();
  try {
    static_cast<void>(HeaderBlock(block).number(field::mtime));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    EXPECT_EQ(error.message().substr(0, 14), R"(mtime "today\x)");
  }
}

}  // namespace
}  // namespace umoci::tar::test
