// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/reader.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/test_archive.hpp>

#include <umoci_test/faulty.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace umoci::tar::test {
namespace {

using testing::HasSubstr;
using tree::EntryType;

TEST(Reader, ReadsAnEntryAndItsContent) {
  RawHeader header("dir/file", type_flag::file, 5);
  header.put(field::mode, "0104755").put(field::uid, "0001750").put(field::gid, "0000144");
  header.put(field::mtime, "11145401322");
  const auto [entry, content] = read_entry(header.sealed() + padded("hello") + end_of_archive());
  EXPECT_EQ(entry.path.text(), "dir/file");
  EXPECT_EQ(entry.type, EntryType::file);
  EXPECT_EQ(entry.mode, 04755U);
  EXPECT_EQ(entry.uid, 1000U);
  EXPECT_EQ(entry.gid, 100U);
  EXPECT_EQ(entry.size_bytes, 5U);
  EXPECT_EQ(entry.mtime, (Time{.seconds = 1234567890}));
  EXPECT_FALSE(entry.atime.has_value());
  EXPECT_FALSE(entry.sparse);
  EXPECT_TRUE(entry.xattrs.empty());
  EXPECT_EQ(content, "hello");
}

TEST(Reader, SkipsWhatWasNotRead) {
  const std::string archive = member("a", std::string(1000, 'a')) + member("b", "bb") +
                              member("c", std::string(512, 'c')) + end_of_archive();
  for (const std::size_t read_bytes : {0U, 1U, 511U, 512U, 999U, 1000U}) {
    io::BytesSource source(archive);
    Reader reader(source);
    ASSERT_NE(reader.next(), nullptr);
    std::vector<std::byte> part(read_bytes);
    EXPECT_EQ(io::read(reader.content(), part), read_bytes);
    EXPECT_EQ(reader.next()->path.text(), "b");
    EXPECT_EQ(reader.next()->path.text(), "c");
    EXPECT_EQ(reader.next(), nullptr);
    EXPECT_TRUE(reader.content().peek().empty());
  }
}

}  // namespace
}  // namespace umoci::tar::test
