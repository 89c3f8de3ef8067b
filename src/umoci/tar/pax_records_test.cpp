// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/pax_records.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/test_archive.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace umoci::tar::test {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Failure parse_failure(std::string body, const Limits& limits = {}) {
  PaxRecords records;
  try {
    records.parse(body, limits);
  } catch (const Error& error) {
    return {.kind = error.kind(), .text = error.what()};
  }
  return {.text = "none"};
}

TEST(PaxRecord, EndsWhereItsLengthSays) {
  std::string_view rest = "12 path=a\nb\n5 a=\n0012 size==\n";
  const PaxRecord first = next_pax_record(rest);
  EXPECT_EQ(first.key, "path");
  EXPECT_EQ(first.value, "a\nb");
  const PaxRecord second = next_pax_record(rest);
  EXPECT_EQ(second.key, "a");
  EXPECT_EQ(second.value, "");
  const PaxRecord third = next_pax_record(rest);
  EXPECT_EQ(third.key, "size");
  EXPECT_EQ(third.value, "=");
  EXPECT_EQ(rest, "");
}

TEST(PaxRecord, MalformedIsAnErrorAndNeverSkipped) {
  struct Case {
    std::string body;
    std::string_view reason;
  };
  const std::vector<Case> cases = {
      {"\n", "has no length"},
      {"9", "has no length"},
      {"9path=a\n", "has no length"},
      {" ", "does not start with its length"},
      {" 9 path=a\n", "does not start with its length"},
      {"-9 path=a\n", "does not start with its length"},
      {"+9 path=a\n", "does not start with its length"},
      {"0x9 path=a\n", "does not start with its length"},
      {"9.0 path=a\n", "does not start with its length"},
      {"18446744073709551616 path=a\n", "does not start with its length"},
      {"99999999999999999999999 path=a\n", "does not start with its length"},
      {"18446744073709551615 path=a\n", "is longer than its header"},
      {"9223372036854775807 path=a\n", "is longer than its header"},
      {"9 ", "is longer than its header"},
      {"9 path=a", "is longer than its header"},
      {"11 path=a\n", "is longer than its header"},
      {"0 path=a\n", "has an impossible length"},
      {"1 path=a\n", "has an impossible length"},
      {"2 \n", "has an impossible length"},
      {"9 path=ab\n", "does not end in a newline"},
      {"8 path=a\n", "does not end in a newline"},
      {"9  path=a\n", "does not end in a newline"},
      {"3 \n", "has no equals sign"},
      {"4 a\n", "has no equals sign"},
      {"9 path=a\n\0\0\0"s, "has no length"},
      {"9 path=a\nx", "has no length"},
      {"4 =\n", "has no key"},
      {"5 =a\n", "has no key"},
      {"10 p\0th=a\n"s, "has NUL in its key"},
      {"11 path=a\0\n"s, "has NUL in its value"},
      {"14 linkpath=\0\n"s, "has NUL in its value"},
      {"11 uname=\0\n"s, "has NUL in its value"},
      {"11 gname=\0\n"s, "has NUL in its value"},
      {"19 SCHILY.xattr.=x\n", "names no extended attribute"},
  };
  for (const auto& [body, reason] : cases) {
    const Failure failure = parse_failure(body);
    EXPECT_EQ(failure.kind, ErrorKind::invalid_data) << quoted(body);
    EXPECT_THAT(failure.text, HasSubstr(reason)) << quoted(body);
  }
}

TEST(PaxRecords, KeepKnownKeysAndIgnoreOthers) {
  PaxRecords records;
  std::string body =
      "13 comment=x\n9 path=a\n21 MSWINDOWS.rawsd=x\n34 LIBARCHIVE.xattr.user.a=AAECAw\n"
      "21 hdrcharset=BINARY\n";
  records.parse(body, {});
  EXPECT_FALSE(records.empty());
  EXPECT_EQ(records.value(PaxKey::path), "a");
  EXPECT_EQ(records.value(PaxKey::linkpath), "");
  EXPECT_TRUE(records.xattrs().empty());
  records.clear();
  EXPECT_TRUE(records.empty());
  EXPECT_EQ(records.value(PaxKey::path), "");
}

TEST(PaxRecords, TheLastOfAKeyCounts) {
  PaxRecords records;
  std::string body = "9 path=a\n9 path=b\n11 size=12\n8 size=\n";
  records.parse(body, {});
  EXPECT_EQ(records.value(PaxKey::path), "b");
  EXPECT_EQ(records.value(PaxKey::size), "");
  EXPECT_EQ(records.number(PaxKey::size), std::nullopt);
}

TEST(PaxRecords, ReplaceThoseBefore) {
  PaxRecords records;
  std::string first = "9 path=a\n" + pax_record("SCHILY.xattr.user.a", "x") +
                      pax_record("GNU.sparse.offset", "0") + pax_record("GNU.sparse.numbytes", "1");
  records.parse(first, {});
  std::string second = "11 size=12\n";
  records.parse(second, {});
  EXPECT_EQ(records.value(PaxKey::path), "");
  EXPECT_EQ(records.number(PaxKey::size), 12);
  EXPECT_TRUE(records.xattrs().empty());
  EXPECT_TRUE(records.sparse_pairs().empty());
}

TEST(PaxRecords, NumbersMustBeNumbers) {
  PaxRecords records;
  std::string body = "13 size=12ab\n";
  records.parse(body, {});
  EXPECT_THROW(static_cast<void>(records.number(PaxKey::size)), Error);
}

TEST(PaxRecords, CollectAttributesOfAnyBytes) {
  PaxRecords records;
  std::string body = pax_record("SCHILY.xattr.user.a", "\0\n=\xff"s) +
                     pax_record("SCHILY.xattr.user.\xfe\n", "x") +
                     pax_record("SCHILY.xattr.user.b", "");
  records.parse(body, {});
  EXPECT_THAT(records.xattrs(), ElementsAre(Pair("user.a", "\0\n=\xff"s), Pair("user.\xfe\n", "x"),
                                            Pair("user.b", "")));
}

TEST(PaxRecords, SparsePairsAlternate) {
  PaxRecords records;
  const auto offset = [](std::string_view value) { return pax_record("GNU.sparse.offset", value); };
  const auto size = [](std::string_view value) { return pax_record("GNU.sparse.numbytes", value); };
  std::string body = offset("0") + size("5") + "9 path=a\n" + offset("10") + size("0");
  records.parse(body, {});
  EXPECT_EQ(records.sparse_pairs(), (Extents{{0, 5}, {10, 0}}));

  for (const std::string& bad :
       {size("5"), offset("0"), offset("0") + offset("1"), offset("0") + size("1") + size("2"),
        offset("-1") + size("1"), offset("0") + size("x"), offset("") + size("1")}) {
    EXPECT_EQ(parse_failure(bad).kind, ErrorKind::invalid_data) << bad;
  }
  const Failure too_many = parse_failure(offset("0") + size("5") + offset("10") + size("0"),
                                         Limits{.sparse_extents = 1});
  EXPECT_EQ(too_many.kind, ErrorKind::limit_exceeded);
  EXPECT_NE(too_many.text.find("sparse_extents"), std::string::npos);
}

TEST(AppendPaxRecord, CountsItsOwnLength) {
  std::string body;
  append_pax_record(body, "mtime", "-5");
  append_pax_record(body, "path", "a\nb");
  append_pax_record(body, "a", "");
  EXPECT_EQ(body, "12 mtime=-5\n12 path=a\nb\n5 a=\n");
  // Around the lengths where the count gets one digit more.
  for (std::size_t size_bytes = 0; size_bytes < 1100; ++size_bytes) {
    const std::string value(size_bytes, 'v');
    std::string record;
    append_pax_record(record, "key", value);
    EXPECT_EQ(record, pax_record("key", value));
    EXPECT_EQ(std::stoul(record), record.size());
  }
}

}  // namespace
}  // namespace umoci::tar::test
