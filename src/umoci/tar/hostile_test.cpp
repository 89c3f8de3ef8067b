// SPDX-License-Identifier: Apache-2.0
// Archives made to hurt: what is damaged or contradicts itself is an error, never a crash, never a
// second meaning, and never more memory than the limits allow.
#include <umoci/base/error.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tar/test_archive.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace umoci::tar::test {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;

std::string base256(std::size_t size, std::uint64_t number) {
  std::string field(size, '\0');
  for (std::size_t i = 0; i < 8; ++i) {
    field[size - 1 - i] = static_cast<char>(number >> (8 * i) & 0xffU);
  }
  if (size > 8) field[0] = '\x80';
  return field;
}

std::string with_field(const Field& field, std::string_view bytes) {
  return RawHeader("etc/f").put(field, bytes).sealed();
}

void expect_invalid(std::string_view archive, std::string_view reason) {
  const Failure failure = failure_of(archive);
  EXPECT_EQ(failure.kind, ErrorKind::invalid_data) << failure.text;
  EXPECT_THAT(failure.text, HasSubstr(reason));
}

void expect_limit(std::string_view archive, const Limits& limits, std::string_view name) {
  const Failure failure = failure_of(archive, limits);
  EXPECT_EQ(failure.kind, ErrorKind::limit_exceeded) << failure.text;
  EXPECT_THAT(failure.text, HasSubstr("limit "s + std::string(name) + " exceeded"));
}

TEST(HostileNumbers, IdsThatNobodyCanHave) {
  const std::string minus_one(8, '\xff');
  const std::string two_to_32("\x80\0\0\x01\0\0\0\0", 8);
  const std::string chown_nobody("\x80\0\0\0\xff\xff\xff\xff", 8);
  for (const Field& field : {field::uid, field::gid}) {
    for (const std::string& bytes : {minus_one, two_to_32, chown_nobody}) {
      expect_invalid(with_field(field, bytes), "entry \"/etc/f\": " + std::string(field.name));
    }
    for (const char* text : {"-1", "4294967295", "4294967296", "9223372036854775807",
                             "9223372036854775808", "0x5", "1.5"}) {
      expect_invalid(pax(field.name, text) + RawHeader("etc/f").sealed(), "entry \"/etc/f\": ");
    }
  }
  EXPECT_EQ(read_entry(with_field(field::uid, "\x80\0\0\0\xff\xff\xff\xfe"s)).entry.uid,
            4294967294U);
}

TEST(HostileNumbers, SizesThatNoFileHas) {
  expect_invalid(with_field(field::size, std::string(12, '\xff')), "size -1 is not between 0 and");
  expect_invalid(with_field(field::size, "\xbf"s + std::string(11, '\xff')), "size");
  expect_invalid(with_field(field::size, base256(12, 1ULL << 63U)), "size");
  expect_limit(with_field(field::size, base256(12, (1ULL << 63U) - 1)), {}, "file_bytes");
  for (const char* text : {"-1", "9223372036854775808", "1e3", " 1", "99999999999999999999"}) {
    expect_invalid(pax("size", text) + RawHeader("etc/f").sealed(), "entry \"/etc/f\": ");
    expect_invalid(pax("size", text) + RawHeader("etc/f", '5').sealed(), "entry \"/etc/f\": ");
  }
}

TEST(HostileNumbers, TimesBeyondTheirRange) {
  expect_invalid(with_field(field::mtime, "\xbf"s + std::string(11, '\xff')), "mtime");
  expect_invalid(with_field(field::mtime, "\xc0"s + std::string(11, '\0')), "mtime");
  for (const char* key : {"mtime", "atime", "ctime"}) {
    for (const char* text : {"9223372036854775808", "-9223372036854775808.5", "x", "1.2.3"}) {
      expect_invalid(pax(key, text) + RawHeader("etc/f").sealed(), key);
    }
  }
  const std::string least = pax("mtime", "-9223372036854775808") + RawHeader("a").sealed();
  EXPECT_EQ(read_entry(least).entry.mtime.seconds, std::numeric_limits<std::int64_t>::min());
}

TEST(HostileNumbers, DigitsThatAreNone) {
  for (const Field& field : {field::mode, field::uid, field::gid, field::size, field::mtime}) {
    expect_invalid(with_field(field, "0000009"), field.name);
    expect_invalid(with_field(field, "-000001"), field.name);
  }
}

TEST(HostileNumbers, ModeBitsOfTypesAreDropped) {
  EXPECT_EQ(read_entry(with_field(field::mode, "0060644")).entry.mode, 0644U);
  EXPECT_EQ(read_entry(with_field(field::mode, std::string(8, '\xff'))).entry.mode, 07777U);
}

// CVE-2025-62518: the size in the PAX record counts, so what is data stays data.
TEST(HostileMembers, AreNotSmuggledByTwoSizes) {
  const std::string inner = member("evil", "evil");
  const std::string archive = pax("size", fmt::format("{}", inner.size())) +
                              RawHeader("nested.tar", type_flag::file, 0).sealed() + inner +
                              member("after", "a") + end_of_archive();
  const std::vector<ReadEntry> entries = read_entries(archive);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].entry.path.text(), "nested.tar");
  EXPECT_EQ(entries[0].content, inner);
  EXPECT_EQ(entries[1].entry.path.text(), "after");
}

// CVE-2026-53655: records are about the entry, not about special headers on the way to it.
TEST(HostileMembers, AreNotSmuggledBySizesOfSpecialHeaders) {
  for (const char type : "LKxg"s) {
    const std::string body = type == 'x' || type == 'g' ? "9 path=x\n" : "long name";
    const std::string archive = pax("size", "1024") + member("special", body, type) +
                                pax("size", "2") + RawHeader("f").sealed() + padded("ab") +
                                member("after", "a");
    const std::vector<ReadEntry> entries = read_entries(archive);
    ASSERT_EQ(entries.size(), 2U) << type;
    EXPECT_EQ(entries[0].content, "ab");
    EXPECT_EQ(entries[1].entry.path.text(), "after");
  }
}

TEST(HostileMembers, OfSpecialTypesMustBeWellFormed) {
  for (const char type : "xg"s) {
    expect_invalid(member("special", "not a record", type) + member("a", "a"),
                   "tar header at byte 0: PAX record");
  }
  const std::string header = RawHeader("L", 'L', 1000).sealed();
  expect_invalid(header, "archive ends after 0 of the 1000 bytes of a special header");
  expect_invalid(header + "abc", "archive ends after 3 of the 1000 bytes of a special header");
  for (const char type : "LKxg"s) {
    expect_invalid(RawHeader("s", type).put(field::size, std::string(12, '\xff')).sealed(), "size");
  }
}

TEST(HostileNames, MustNotContainNul) {
  expect_invalid(pax("path", "a\0b"s) + RawHeader("a").sealed(), "NUL");
  expect_invalid(pax("linkpath", "a\0b"s) + RawHeader("a", '2').sealed(), "NUL");
  expect_invalid(pax("GNU.sparse.name", "a\0b"s) + RawHeader("a").sealed(), "NUL");
}

TEST(HostileNames, AreQuotedInErrors) {
  const Failure failure = failure_of(member("a\n\x1b[2J\"", "x", 'V'));
  EXPECT_THAT(failure.text, HasSubstr(R"(entry "/a\x0a\x1b[2J\"")"));
}

TEST(HostileLimits, AreNamed) {
  const std::string two = member("a/b/c", "hello") + member("d", "");
  EXPECT_EQ(
      failure_of(
          two,
          Limits{.entries = 2, .layer_bytes = 5, .file_bytes = 5, .path_depth = 3, .path_bytes = 5})
          .text,
      "none");
  expect_limit(two, Limits{.entries = 1}, "entries");
  expect_limit(two, Limits{.file_bytes = 4}, "file_bytes");
  expect_limit(member("a", "abc") + member("b", "def"), Limits{.layer_bytes = 5}, "layer_bytes");
  expect_limit(two, Limits{.path_depth = 2}, "path_depth");
  expect_limit(two, Limits{.path_bytes = 4}, "path_bytes");
  expect_limit(RawHeader("l", '2').put(field::link, "12345").sealed(), Limits{.path_bytes = 4},
               "path_bytes");
  expect_limit(pax("path", "12345") + RawHeader("l").sealed(), Limits{.path_bytes = 4},
               "path_bytes");
}

TEST(HostileLimits, BoundAttributes) {
  const std::string records = pax_record("SCHILY.xattr.user.a", "123") +
                              pax_record("SCHILY.xattr.user.a", "1234") +
                              pax_record("SCHILY.xattr.user.b", "12");
  const std::string archive = pax(records) + RawHeader("f").sealed();
  EXPECT_EQ(failure_of(archive, Limits{.xattr_bytes = 18}).text, "none");
  expect_limit(archive, Limits{.xattr_bytes = 17}, "xattr_bytes");
}

TEST(HostileLimits, BoundSpecialHeadersBeforeReadingThem) {
  for (const char type : "LKxg"s) {
    // Nothing but the header is there: its size alone is too much.
    expect_limit(RawHeader("s", type, (1U << 20U) + 1).sealed(), {}, "special_header_bytes");
    expect_limit(RawHeader("s", type).put(field::size, base256(12, 1ULL << 62U)).sealed(), {},
                 "special_header_bytes");
    expect_invalid(RawHeader("s", type, 1U << 20U).sealed(), "archive ends after 0");
  }
  const std::string name((1U << 20U) - 2, 'n');
  const std::string archive = member("l", name + '\0', 'L') + RawHeader("l").sealed();
  EXPECT_EQ(read_entry(archive).entry.path.text(), name);
}

TEST(HostileEnds, ReadingOnAfterAnErrorFails) {
  // The bad header is a block of its own: what follows looks like an archive.
  const std::string archive = pax("no record") + member("b", "b");
  io::BytesSource source(archive);
  Reader reader(source);
  EXPECT_THROW(static_cast<void>(reader.next()), Error);
  EXPECT_THROW(static_cast<void>(reader.next()), Error);
  EXPECT_TRUE(reader.content().peek().empty());
}

TEST(HostileEnds, ContentCutOffIsAnErrorEvenIfNotRead) {
  const std::string archive = RawHeader("etc/f", type_flag::file, 1000).sealed() + "abc";
  expect_invalid(archive, "entry \"/etc/f\": archive ends within the content");
  io::BytesSource source(archive);
  Reader reader(source);
  ASSERT_NE(reader.next(), nullptr);
  try {
    static_cast<void>(reader.next());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "entry \"/etc/f\": archive ends within the content");
  }
}

/// Members of every kind, each with its headers.
std::vector<std::string> sample_members() {
  RawHeader sparse("sparse", type_flag::gnu_sparse_file, 3);
  sparse.put(field::magic, gnu_magic)
      .put(field::gnu_sparse, "00000000001\0"s + "00000000003")
      .put(field::gnu_real_size, "00000000010");
  const std::string sparse_records =
      pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
      pax_record("GNU.sparse.name", "s") + pax_record("GNU.sparse.realsize", "9");
  return {
      member("g", "13 comment=x\n", 'g'),
      RawHeader("d/", '5').sealed(),
      pax(pax_record("path", "p") + pax_record("mtime", "1.5") +
          pax_record("SCHILY.xattr.user.a", "v")),
      member("f", "content"),
      member("l", "long name\0"s, 'L'),
      member("k", "link\0"s, 'K'),
      RawHeader("s", '2').sealed(),
      sparse.sealed() + padded("abc"),
      pax(sparse_records),
      member("x", padded("1\n2\n3\n") + "abc"),
  };
}

std::string sample_archive() {
  std::string archive;
  for (const std::string& part : sample_members()) archive += part;
  return archive + end_of_archive();
}

/// The number of entries, or an error.
std::size_t read_first(std::string_view archive, std::size_t size_bytes) {
  const std::vector<ReadEntry> entries = read_entries(archive.substr(0, size_bytes));
  for (const ReadEntry& read : entries) EXPECT_EQ(read.content.size(), read.entry.size_bytes);
  return entries.size();
}

TEST(HostileDamage, TruncationAnywhereInAMemberIsAnError) {
  const std::string archive = sample_archive();
  std::size_t start = 0;
  for (const std::string& part : sample_members()) {
    const std::size_t end = start + part.size();
    // Behind the last byte that is not NUL there may be nothing but padding.
    const std::size_t data_end = archive.find_last_not_of('\0', end - 1) + 1;
    EXPECT_NO_THROW(read_first(archive, start));
    for (std::size_t size = start + 1; size < std::max(start + block_bytes, data_end); ++size) {
      EXPECT_THROW(read_first(archive, size), Error) << size;
    }
    start = end;
  }
  EXPECT_EQ(read_first(archive, start), 5U);
  for (std::size_t size = start + 1; size < archive.size(); ++size) {
    if (size % block_bytes == 0) continue;
    EXPECT_THROW(read_first(archive, size), Error) << size;
  }
}

TEST(HostileDamage, AFlippedBitIsAnErrorOrInTheData) {
  const std::string archive = sample_archive();
  for (std::size_t i = 0; i < archive.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      // Most bytes are padding: there one bit is enough.
      if (archive[i] == '\0' && bit != i % 8) continue;
      std::string flipped = archive;
      flipped[i] = static_cast<char>(static_cast<unsigned char>(flipped[i]) ^ (1U << bit));
      try {
        static_cast<void>(read_entries(flipped));
      } catch (const Error& error) {
        EXPECT_TRUE(error.kind() == ErrorKind::invalid_data ||
                    error.kind() == ErrorKind::unsupported ||
                    error.kind() == ErrorKind::limit_exceeded)
            << error.what();
      }
    }
  }
}

/// Fields changed at random and the checksum put right: what gets past it.
TEST(HostileDamage, HeadersOfNonsenseAreErrorsOrEntries) {
  std::mt19937 random(20240607);
  const auto up_to = [&random](std::size_t last) {
    return std::uniform_int_distribution<std::size_t>(0, last)(random);
  };
  const std::string archive = sample_archive();
  const Limits limits{.file_bytes = 1U << 20U};
  std::size_t readable = 0;
  for (int round = 0; round < 5'000; ++round) {
    std::string damaged = archive;
    for (std::size_t i = up_to(3) + 1; i > 0; --i) {
      const std::size_t block = up_to(archive.size() / block_bytes - 1) * block_bytes;
      RawHeader header(std::string_view(damaged).substr(block, block_bytes), RawHeader::Raw{});
      const std::size_t first = up_to(block_bytes - 1);
      const std::string_view bytes("\xff\x80\0\x01 07/x\n,=9", 13);
      for (std::size_t j = first; j < std::min(first + up_to(12) + 1, block_bytes); ++j) {
        header.put({"byte", j, 1}, bytes.substr(up_to(bytes.size() - 1), 1));
      }
      damaged.replace(block, block_bytes, header.sealed());
    }
    try {
      io::BytesSource source(damaged);
      Reader reader(source, limits);
      while (const tree::Entry* entry = reader.next()) {
        const std::uint64_t size_bytes = io::drain(reader.content());
        EXPECT_EQ(size_bytes, entry->size_bytes);
        ++readable;
      }
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::internal) << error.what();
    }
  }
  EXPECT_GT(readable, 2'500U);
}

TEST(HostileDamage, NoiseIsNoArchive) {
  EXPECT_EQ(failure_of(std::string(4096, '\xff')).kind, ErrorKind::invalid_data);
  EXPECT_EQ(failure_of(std::string(4096, ' ')).kind, ErrorKind::invalid_data);
  EXPECT_EQ(failure_of(std::string(511, '\0')).kind, ErrorKind::invalid_data);
  EXPECT_EQ(failure_of("hello").kind, ErrorKind::invalid_data);
  std::string no_sum = RawHeader("a").sealed();
  no_sum.replace(field::checksum.offset, field::checksum.size, "0000000\0"s);
  EXPECT_EQ(failure_of(no_sum).kind, ErrorKind::invalid_data);
  no_sum.replace(field::checksum.offset, field::checksum.size, std::string(8, '\0'));
  EXPECT_EQ(failure_of(no_sum).kind, ErrorKind::invalid_data);
}

}  // namespace
}  // namespace umoci::tar::test
