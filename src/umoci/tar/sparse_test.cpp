// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tar/sparse_map.hpp>
#include <umoci/tar/test_archive.hpp>

#include <umoci_test/faulty.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace umoci::tar::test {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;

std::string zeros(std::size_t count) { return std::string(count, '\0'); }

std::string octal(std::uint64_t number) { return fmt::format("{:011o}", number) + '\0'; }

std::string old_gnu_map(const Extents& extents, std::size_t first, std::size_t count) {
  std::string map;
  for (std::size_t i = first; i < extents.size() && i < first + count; ++i) {
    map += octal(extents[i].offset_bytes) + octal(extents[i].size_bytes);
  }
  return map;
}

/// A sparse member of old GNU tar, with as many extension blocks as it takes.
std::string old_gnu(std::uint64_t real_size, const Extents& extents, std::string_view data) {
  RawHeader header("sparse", type_flag::gnu_sparse_file, data.size());
  header.put(field::magic, gnu_magic)
      .put(field::gnu_sparse, old_gnu_map(extents, 0, 4))
      .put(field::gnu_sparse_more, extents.size() > 4 ? "\1" : "")
      .put(field::gnu_real_size, octal(real_size));
  std::string archive = header.sealed();
  for (std::size_t first = 4; first < extents.size(); first += 21) {
    std::string block = old_gnu_map(extents, first, 21);
    block.resize(block_bytes, '\0');
    block[504] = first + 21 < extents.size() ? '\1' : '\0';
    archive += block;
  }
  return archive + padded(data);
}

/// GNU's format 0.0: pairs of records.
std::string pax_0_0(std::uint64_t real_size, const Extents& extents, std::string_view data) {
  std::string records = pax_record("GNU.sparse.size", fmt::format("{}", real_size)) +
                        pax_record("GNU.sparse.numblocks", fmt::format("{}", extents.size()));
  for (const Extent& extent : extents) {
    records += pax_record("GNU.sparse.offset", fmt::format("{}", extent.offset_bytes)) +
               pax_record("GNU.sparse.numbytes", fmt::format("{}", extent.size_bytes));
  }
  return pax(records) + member("sparse", data);
}

std::string pax_0_1_map(std::uint64_t real_size, std::string_view count, std::string_view map,
                        std::string_view data) {
  return pax(pax_record("GNU.sparse.major", "0") + pax_record("GNU.sparse.minor", "1") +
             pax_record("GNU.sparse.name", "sparse") +
             pax_record("GNU.sparse.size", fmt::format("{}", real_size)) +
             pax_record("GNU.sparse.numblocks", count) + pax_record("GNU.sparse.map", map)) +
         member("GNUSparseFile.1/sparse", data);
}

/// GNU's format 0.1: one record with all of the map.
std::string pax_0_1(std::uint64_t real_size, const Extents& extents, std::string_view data) {
  std::string map;
  for (const Extent& extent : extents) {
    map += fmt::format("{}{},{}", map.empty() ? "" : ",", extent.offset_bytes, extent.size_bytes);
  }
  return pax_0_1_map(real_size, fmt::format("{}", extents.size()), map, data);
}

std::string pax_1_0_map(std::uint64_t real_size, std::string_view map, std::string_view data) {
  return pax(pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
             pax_record("GNU.sparse.name", "sparse") +
             pax_record("GNU.sparse.realsize", fmt::format("{}", real_size))) +
         member("GNUSparseFile.1/sparse", padded(map) + std::string(data));
}

/// GNU's format 1.0: the map in front of the data.
std::string pax_1_0(std::uint64_t real_size, const Extents& extents, std::string_view data) {
  std::string map = fmt::format("{}\n", extents.size());
  for (const Extent& extent : extents) {
    map += fmt::format("{}\n{}\n", extent.offset_bytes, extent.size_bytes);
  }
  return pax_1_0_map(real_size, map, data);
}

struct Format {
  std::string name;
  std::string (*archive)(std::uint64_t real_size, const Extents& extents, std::string_view data);
};

class SparseFormats : public testing::TestWithParam<Format> {
 protected:
  static std::string archive_of(std::uint64_t real_size, const Extents& extents,
                                std::string_view data) {
    return GetParam().archive(real_size, extents, data) + member("next", "n") + end_of_archive();
  }
  static bool is_old_gnu() { return GetParam().archive == old_gnu; }
};

std::string name_of_format(const testing::TestParamInfo<Format>& format) {
  return format.param.name;
}

INSTANTIATE_TEST_SUITE_P(All, SparseFormats,
                         testing::Values(Format{"OldGnu", old_gnu}, Format{"Pax00", pax_0_0},
                                         Format{"Pax01", pax_0_1}, Format{"Pax10", pax_1_0}),
                         name_of_format);

TEST_P(SparseFormats, YieldTheWholeContent) {
  struct Case {
    std::uint64_t real_size;
    Extents extents;
    std::string data;
    std::string content;
  };
  const std::string big(3000, 'x');
  const std::vector<Case> cases = {
      {10, {{0, 10}}, "0123456789", "0123456789"},
      {10, {{2, 3}}, "abc", zeros(2) + "abc" + zeros(5)},
      {10, {{0, 1}, {4, 1}, {9, 1}}, "abc", "a" + zeros(3) + "b" + zeros(4) + "c"},
      {10, {{0, 3}, {3, 3}}, "abcdef", "abcdef" + zeros(4)},
      {10, {{0, 0}, {5, 1}, {7, 0}, {10, 0}}, "a", zeros(5) + "a" + zeros(4)},
      {10, {{10, 0}}, "", zeros(10)},
      {0, {{0, 0}}, "", ""},
      {200'000, {{100'000, 3000}}, big, zeros(100'000) + big + zeros(97'000)},
  };
  for (const auto& [real_size, extents, data, content] : cases) {
    const std::vector<ReadEntry> entries = read_entries(archive_of(real_size, extents, data));
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].entry.path.text(), "sparse");
    EXPECT_EQ(entries[0].entry.hole_bytes, real_size - data.size());
    EXPECT_EQ(entries[0].entry.type, tree::EntryType::file);
    EXPECT_EQ(entries[0].entry.size_bytes, real_size);
    EXPECT_EQ(entries[0].content, content);
    EXPECT_EQ(entries[1].entry.hole_bytes, 0U);
    EXPECT_EQ(entries[1].content, "n");
  }
}

TEST_P(SparseFormats, HaveManyExtents) {
  for (const std::size_t count : {4U, 5U, 24U, 25U, 26U, 46U, 47U, 1000U}) {
    Extents extents;
    std::string data;
    std::string content;
    for (std::size_t i = 0; i < count; ++i) {
      extents.push_back({.offset_bytes = 2 * i + 1, .size_bytes = 1});
      data += static_cast<char>('a' + i % 26);
      content += '\0';
      content += data.back();
    }
    const std::string archive = archive_of(2 * count, extents, data);
    for (const std::size_t chunk_bytes : {1U, 600U, 1U << 20U}) {
      umoci::test::ChunkedSource source(archive, chunk_bytes);
      const std::vector<ReadEntry> entries = read_entries(source);
      ASSERT_EQ(entries.size(), 2U);
      EXPECT_EQ(entries[0].content, content) << count;
      EXPECT_EQ(entries[1].content, "n");
    }
  }
}

TEST_P(SparseFormats, NeedNotBeRead) {
  const std::string archive = archive_of(5000, {{1000, 700}, {3000, 600}}, std::string(1300, 'd'));
  for (const std::size_t read_bytes : {0U, 500U, 1000U, 1200U, 2000U, 3600U, 4000U, 5000U}) {
    io::BytesSource source(archive);
    Reader reader(source);
    ASSERT_NE(reader.next(), nullptr);
    EXPECT_EQ(io::skip(reader.content(), read_bytes), read_bytes);
    const tree::Entry* next = reader.next();
    ASSERT_NE(next, nullptr);
    EXPECT_EQ(next->path.text(), "next");
    EXPECT_EQ(reader.next(), nullptr);
  }
}

TEST_P(SparseFormats, HaveOneMeaningOnly) {
  constexpr std::uint64_t max = 0x7fff'ffff'ffff'ffff;
  const std::vector<std::pair<Extents, std::size_t>> cases = {
      {{{0, 4}, {3, 4}}, 8},  // overlap
      {{{4, 4}, {0, 4}}, 8},  // not in order
      {{{0, 4}, {0, 4}}, 8},  // twice the same
      {{{0, 11}}, 11},        // beyond the end
      {{{9, 2}}, 2},          // beyond the end
      {{{11, 0}}, 0},         // beyond the end
      {{{0, 4}}, 3},          // data missing
      {{{0, 4}}, 5},          // data that belongs nowhere
      {{{10, 0}}, 512},       // data that belongs nowhere
      {{{5, 1}, {4, 0}}, 1},  // not in order
  };
  for (const auto& [extents, data_bytes] : cases) {
    const Failure failure = failure_of(archive_of(10, extents, std::string(data_bytes, 'd')));
    EXPECT_EQ(failure.kind, ErrorKind::invalid_data) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr("entry \"/sparse\": sparse region"));
  }
  if (is_old_gnu()) return;  // its fields hold no such numbers
  for (const Extents& extents : {Extents{{1, max}}, Extents{{max, 1}}, Extents{{max, max}},
                                 Extents{{0, 1}, {max, max}, {max, max}}}) {
    EXPECT_EQ(failure_of(archive_of(10, extents, "d")).kind, ErrorKind::invalid_data);
  }
}

TEST_P(SparseFormats, AreBounded) {
  Extents extents;
  for (std::uint64_t i = 0; i < 50; ++i) extents.push_back({.offset_bytes = i, .size_bytes = 0});
  const std::string archive = archive_of(100, extents, "");
  EXPECT_EQ(read_entries(archive, Limits{.sparse_extents = 50}).size(), 2U);
  const Failure extents_failure = failure_of(archive, Limits{.sparse_extents = 49});
  EXPECT_EQ(extents_failure.kind, ErrorKind::limit_exceeded);
  EXPECT_THAT(extents_failure.text, HasSubstr("limit sparse_extents exceeded: 50"));

  const Failure size_failure = failure_of(archive, Limits{.file_bytes = 99});
  EXPECT_EQ(size_failure.kind, ErrorKind::limit_exceeded);
  EXPECT_THAT(size_failure.text, HasSubstr("limit file_bytes exceeded: 100"));
}

TEST_P(SparseFormats, TruncatedAnywhereIsAnError) {
  const std::string archive =
      GetParam().archive(5000, {{1000, 700}, {3000, 600}}, std::string(1300, 'd'));
  const std::size_t end = archive.size() - padding_of(1300);
  for (std::size_t size = 1; size < end; ++size) {
    const Failure failure = failure_of(archive.substr(0, size));
    // Between the extended header and the entry the archive just ends.
    if (failure.text == "none") {
      EXPECT_TRUE(!is_old_gnu() && size <= 2 * block_bytes) << size;
    } else {
      EXPECT_EQ(failure.kind, ErrorKind::invalid_data) << failure.text;
    }
  }
}

TEST(SparsePax, MapsInRecordsMustAgreeWithTheirCount) {
  EXPECT_EQ(failure_of(pax_0_1_map(10, "1", "0,1", "d")).text, "none");
  for (const char* count : {"", "0", "2", "-1", "x", "9223372036854775808"}) {
    const Failure failure = failure_of(pax_0_1_map(10, count, "0,1", "d"));
    EXPECT_EQ(failure.kind, ErrorKind::invalid_data) << count;
  }
  for (const char* map : {"", ",", "0", "0,", "0,1,", "0,1,2", ",0,1", "0,,1", "+0,1", "0,-1",
                          "a,b", "0,1\n", "0;1", "0,9223372036854775808"}) {
    const Failure failure = failure_of(pax_0_1_map(10, "1", map, "d"));
    EXPECT_EQ(failure.kind, ErrorKind::invalid_data) << map;
  }
}

TEST(SparsePax, MapsBeforeTheDataAreRead) {
  EXPECT_EQ(failure_of(pax_1_0_map(10, "1\n0\n1\n", "d")).text, "none");
  // Behind the numbers may be anything up to the next block.
  EXPECT_EQ(failure_of(pax_1_0_map(10, "1\n0\n1\njunk", "d")).text, "none");
  for (const char* map : {"", "\n", "x\n", "1\n0\n", "1\n0\n1", "-1\n", "1\n-1\n1\n", "1\n0\n-1\n",
                          "1\n0\n\n", "1\n0\n1 \n", "000000000000000000001\n0\n1\n", "2\n0\n1\n",
                          "1\n0\n9223372036854775808\n"}) {
    EXPECT_EQ(failure_of(pax_1_0_map(10, map, "d")).kind, ErrorKind::invalid_data) << map;
  }
  const Failure failure = failure_of(pax_1_0_map(10, "9223372036854775807\n", "d"));
  EXPECT_EQ(failure.kind, ErrorKind::limit_exceeded);
  // A map that fills its block to the last byte.
  std::string map = "64\n";
  for (int i = 0; i < 64; ++i) map += i < 63 ? "010\n000\n"s : "10\n0\n"s;
  ASSERT_EQ(map.size(), block_bytes);
  EXPECT_EQ(read_entry(pax_1_0_map(10, map, "")).content, zeros(10));
  // A map that wants to end behind its member.
  const std::string header =
      pax(pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
          pax_record("GNU.sparse.realsize", "10"));
  EXPECT_THAT(failure_of(header + member("a", "1\n0\n0\n")).text,
              HasSubstr("is not followed by its data"));
  EXPECT_EQ(failure_of(header + RawHeader("a").sealed()).kind, ErrorKind::invalid_data);
}

TEST(SparsePax, KeysHaveToMakeAFormat) {
  const auto failure_with = [](const std::vector<std::pair<std::string, std::string>>& records) {
    std::string text;
    for (const auto& [key, value] : records) text += pax_record("GNU.sparse." + key, value);
    return failure_of(pax(text) + member("a", "d"));
  };
  EXPECT_EQ(failure_with({{"major", "2"}, {"minor", "0"}}).kind, ErrorKind::unsupported);
  EXPECT_EQ(failure_with({{"major", "1"}, {"minor", "1"}}).kind, ErrorKind::unsupported);
  EXPECT_EQ(failure_with({{"major", "1"}}).kind, ErrorKind::unsupported);
  EXPECT_EQ(failure_with({{"minor", "1"}}).kind, ErrorKind::unsupported);
  EXPECT_EQ(failure_with({{"name", "x"}}).kind, ErrorKind::invalid_data);
  EXPECT_EQ(failure_with({{"size", "10"}}).kind, ErrorKind::invalid_data);
  EXPECT_EQ(failure_with({{"realsize", "10"}}).kind, ErrorKind::invalid_data);
  EXPECT_EQ(failure_with({{"numblocks", "1"}, {"map", "0,1"}}).kind, ErrorKind::invalid_data);
  EXPECT_EQ(failure_with({{"size", "-1"}, {"numblocks", "1"}, {"map", "0,1"}}).kind,
            ErrorKind::invalid_data);
  EXPECT_EQ(failure_with({{"size", "10"}, {"numblocks", "1"}, {"map", "0,1"}}).text, "none");
  const Failure twice = failure_with(
      {{"size", "10"}, {"numblocks", "2"}, {"map", "1,0"}, {"offset", "0"}, {"numbytes", "1"}});
  EXPECT_EQ(twice.kind, ErrorKind::invalid_data);
  EXPECT_THAT(twice.text, HasSubstr("sparse map is given in two ways"));
}

TEST(SparsePax, OnlyFilesCanBeSparse) {
  const std::string records = pax_record("GNU.sparse.size", "10") +
                              pax_record("GNU.sparse.numblocks", "1") +
                              pax_record("GNU.sparse.map", "0,0");
  for (const char type : "123456S"s) {
    RawHeader header("a", type);
    header.put(field::magic, gnu_magic);
    EXPECT_EQ(failure_of(pax(records) + header.sealed()).kind, ErrorKind::invalid_data) << type;
  }
  for (const char type : "07\0"s) {
    EXPECT_EQ(read_entry(pax(records) + RawHeader("a", type).sealed()).content, zeros(10));
  }
}

TEST(SparseOldGnu, ExtensionsMayBeEmptyButNotEndless) {
  RawHeader header("a", type_flag::gnu_sparse_file);
  header.put(field::magic, gnu_magic)
      .put(field::gnu_sparse_more, "\1")
      .put(field::gnu_real_size, octal(10));
  std::string more(block_bytes, '\0');
  more[504] = '\1';
  std::string archive = header.sealed();
  for (int i = 0; i < 10; ++i) archive += more;
  const std::string last(block_bytes, '\0');
  EXPECT_EQ(read_entry(archive + last).content, zeros(10));
  EXPECT_EQ(failure_of(archive + last, Limits{.sparse_extents = 100}).kind,
            ErrorKind::limit_exceeded);
  EXPECT_EQ(failure_of(archive).kind, ErrorKind::invalid_data);
}

TEST(SparseOldGnu, BelongsToGnuTar) {
  for (const std::string& magic : {ustar_magic, v7_magic}) {
    RawHeader header("a", type_flag::gnu_sparse_file);
    header.put(field::magic, magic).put(field::gnu_real_size, octal(10));
    EXPECT_EQ(failure_of(header.sealed()).kind, ErrorKind::unsupported);
  }
}

TEST(SparseOldGnu, FieldsMustBeNumbers) {
  const auto failure_with = [](const Field& field, std::string_view bytes) {
    RawHeader header("a", type_flag::gnu_sparse_file, 1);
    header.put(field::magic, gnu_magic)
        .put(field::gnu_sparse, octal(0) + octal(1))
        .put(field::gnu_real_size, octal(10))
        .put(field, bytes);
    return failure_of(header.sealed() + padded("d"));
  };
  EXPECT_EQ(failure_with(field::mode, "0000644").text, "none");
  for (const std::string& bad : {"garbage"s, "\xff"s + std::string(11, '\xff'), "\xbf"s}) {
    EXPECT_EQ(failure_with(field::gnu_real_size, bad).kind, ErrorKind::invalid_data);
    EXPECT_EQ(failure_with(field::gnu_sparse, bad).kind, ErrorKind::invalid_data);
    EXPECT_EQ(failure_with(field::gnu_sparse, octal(0) + bad).kind, ErrorKind::invalid_data);
  }
}

TEST(SparseContent, ConsumesInPieces) {
  const std::string archive = pax_1_0(300'000, {{100'000, 1000}, {250'000, 50'000}},
                                      std::string(1000, 'a') + std::string(50'000, 'b'));
  const std::string content =
      zeros(100'000) + std::string(1000, 'a') + zeros(149'000) + std::string(50'000, 'b');
  for (const std::size_t step : {1U, 999U, 65'536U}) {
    io::BytesSource source(archive);
    Reader reader(source);
    ASSERT_NE(reader.next(), nullptr);
    std::string seen;
    for (;;) {
      const io::Bytes chunk = reader.content().peek();
      if (chunk.empty()) break;
      const std::size_t count = std::min(step, chunk.size());
      ASSERT_EQ(reader.content().peek().data(), chunk.data());
      seen.append(io::as_text(chunk.first(count)));
      reader.content().consume(count);
    }
    EXPECT_TRUE(seen == content);
  }
}

}  // namespace
}  // namespace umoci::tar::test
