// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/reader.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/test_archive.hpp>

#include <umoci_test/faulty.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace umoci::tar::test {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::Pair;
using tree::EntryType;

std::vector<std::string> paths_in(std::string_view archive) {
  std::vector<std::string> paths;
  for (const ReadEntry& read : read_entries(archive)) paths.push_back(read.entry.path.text());
  return paths;
}

std::string long_name(std::string_view name) {
  return member("././@LongLink", std::string(name) + '\0', type_flag::gnu_long_name);
}

std::string long_link(std::string_view name) {
  return member("././@LongLink", std::string(name) + '\0', type_flag::gnu_long_link);
}

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
  EXPECT_EQ(entry.atime, std::nullopt);
  EXPECT_EQ(entry.hole_bytes, 0U);
  EXPECT_TRUE(entry.xattrs.empty());
  EXPECT_EQ(content, "hello");
}

TEST(Reader, AnEntryInheritsNothingFromTheOneBefore) {
  RawHeader device("dev", type_flag::char_device);
  device.put(field::mode, "0007777").put(field::uid, "0000001").put(field::gid, "0000002");
  device.put(field::device_major, "0000005").put(field::device_minor, "0000001");
  const std::string archive =
      pax(pax_record("SCHILY.xattr.user.a", "1") + pax_record("atime", "7") +
          pax_record("mtime", "8.5") + pax_record("uid", "9")) +
      device.sealed() + long_name("n") + long_link("target") +
      RawHeader("link", type_flag::symlink).sealed() + member("plain", "p") +
      RawHeader("d/", type_flag::directory).sealed();
  const std::vector<ReadEntry> entries = read_entries(archive);
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].entry.device, (tree::DeviceNumber{.major = 5, .minor = 1}));
  EXPECT_EQ(entries[0].entry.uid, 9U);
  EXPECT_EQ(entries[0].entry.atime, (Time{.seconds = 7}));
  EXPECT_EQ(entries[1].entry.path.text(), "n");
  EXPECT_EQ(entries[1].entry.link, "target");
  EXPECT_EQ(entries[1].entry.device, tree::DeviceNumber{});
  EXPECT_EQ(entries[1].entry.mode, 0644U);
  EXPECT_EQ(entries[1].entry.uid, 0U);
  EXPECT_EQ(entries[1].entry.mtime, Time{});
  EXPECT_EQ(entries[1].entry.atime, std::nullopt);
  EXPECT_TRUE(entries[1].entry.xattrs.empty());
  EXPECT_EQ(entries[2].entry.path.text(), "plain");
  EXPECT_EQ(entries[2].entry.link, "");
  EXPECT_EQ(entries[2].content, "p");
  EXPECT_EQ(entries[3].entry.size_bytes, 0U);
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
    EXPECT_EQ(reader.next(), nullptr);
  }
}

TEST(Reader, LendsTheBytesOfTheArchive) {
  const std::string archive = member("a", std::string(700, 'a')) + end_of_archive();
  io::BytesSource source(archive);
  Reader reader(source);
  EXPECT_TRUE(reader.content().peek().empty());
  ASSERT_NE(reader.next(), nullptr);
  const io::Bytes chunk = reader.content().peek();
  EXPECT_EQ(static_cast<const void*>(chunk.data()),
            static_cast<const void*>(archive.data() + block_bytes));
  EXPECT_EQ(chunk.size(), 700U);
}

TEST(Reader, DoesNotDependOnHowTheBytesArrive) {
  const std::string archive =
      pax(pax_record("path", "x") + pax_record("SCHILY.xattr.user.a", "v")) +
      member("a", std::string(1000, 'a')) + long_name("long") + member("b", "bb") +
      end_of_archive();
  for (const std::size_t chunk_bytes : {1U, 2U, 7U, 511U, 512U, 513U, 1000U, 5000U}) {
    umoci::test::ChunkedSource source(archive, chunk_bytes);
    const std::vector<ReadEntry> entries = read_entries(source);
    ASSERT_EQ(entries.size(), 2U) << chunk_bytes;
    EXPECT_EQ(entries[0].entry.path.text(), "x");
    EXPECT_EQ(entries[0].content, std::string(1000, 'a'));
    EXPECT_THAT(entries[0].entry.xattrs, ElementsAre(Pair("user.a", "v")));
    EXPECT_EQ(entries[1].entry.path.text(), "long");
    EXPECT_EQ(entries[1].content, "bb");
  }
}

TEST(Reader, PassesOnTheErrorsOfItsSource) {
  const std::string archive = member("a", std::string(1000, 'a')) + end_of_archive();
  for (const std::uint64_t good_bytes : {0U, 100U, 512U, 600U, 1600U, 2100U}) {
    io::BytesSource bytes(archive);
    umoci::test::FailingSource source(bytes, good_bytes);
    try {
      static_cast<void>(read_entries(source));
      FAIL() << "no error after " << good_bytes;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::io);
    }
  }
}

TEST(ReaderEnd, LeavesWhatFollowsTheMarker) {
  const std::string archive = member("a", "a") + end_of_archive() + "rest";
  io::BytesSource source(archive);
  EXPECT_EQ(read_entries(source).size(), 1U);
  EXPECT_EQ(io::as_text(source.peek()), "rest");
}

TEST(ReaderEnd, TheMarkerMayBeShortOrMissing) {
  const std::string zero_block(block_bytes, '\0');
  const std::string entry = member("a", "a");
  EXPECT_TRUE(read_entries("").empty());
  EXPECT_TRUE(read_entries(zero_block).empty());
  EXPECT_EQ(read_entries(entry).size(), 1U);
  EXPECT_EQ(read_entries(entry + zero_block).size(), 1U);
  EXPECT_EQ(read_entries(entry + zero_block + zero_block + zero_block).size(), 1U);
}

TEST(ReaderEnd, TheLastMemberNeedNoPadding) {
  const std::string header = RawHeader("a", type_flag::file, 5).sealed();
  for (const std::string& tail : {"hello"s, "hello\0\0\0"s, "hello"s + std::string(506, '\0')}) {
    const auto [entry, content] = read_entry(header + tail);
    EXPECT_EQ(content, "hello");
  }
}

TEST(ReaderEnd, AZeroBlockAmongMembersIsAnError) {
  const std::string archive = member("a", "a") + std::string(block_bytes, '\0') + member("b", "b");
  const Failure failure = failure_of(archive);
  EXPECT_EQ(failure.kind, ErrorKind::invalid_data);
  EXPECT_EQ(failure.text,
            "tar header at byte 1024: a single zero block is followed by something else");
}

TEST(ReaderEnd, SpecialHeadersWithoutAnEntryMeanNothing) {
  for (const std::string& special : {pax("path", "x"), long_name("x"), long_link("x")}) {
    EXPECT_EQ(paths_in(member("a", "") + special + end_of_archive()),
              std::vector<std::string>{"a"});
    EXPECT_TRUE(read_entries(special).empty());
  }
}

TEST(ReaderTypes, HeaderOnlyTypesHaveNoDataWhateverTheSize) {
  struct Case {
    char flag;
    EntryType type;
  };
  for (const auto& [flag, type] :
       {Case{'1', EntryType::hard_link}, Case{'2', EntryType::symlink},
        Case{'3', EntryType::char_device}, Case{'4', EntryType::block_device},
        Case{'5', EntryType::directory}, Case{'6', EntryType::fifo}}) {
    for (const char* size : {"00000002000", "\xff\xff\xff\xff", "garbage"}) {
      const std::string header = RawHeader("a", flag).put(field::size, size).sealed();
      const std::vector<ReadEntry> entries = read_entries(header + member("b", "b"));
      ASSERT_EQ(entries.size(), 2U) << flag;
      EXPECT_EQ(entries[0].entry.type, type);
      EXPECT_EQ(entries[0].entry.size_bytes, 0U);
      EXPECT_EQ(entries[0].content, "");
      EXPECT_EQ(entries[1].content, "b");
    }
    const std::vector<ReadEntry> entries =
        read_entries(pax("size", "1024") + RawHeader("a", flag).sealed() + member("b", "b"));
    ASSERT_EQ(entries.size(), 2U) << flag;
    EXPECT_EQ(entries[1].content, "b");
  }
}

TEST(ReaderTypes, LinksKeepTheirTargetAsItIs) {
  for (const char type : {type_flag::symlink, type_flag::hard_link}) {
    const std::string archive = RawHeader("l", type).put(field::link, "./../a//b/").sealed();
    EXPECT_EQ(read_entry(archive).entry.link, "./../a//b/");
    EXPECT_EQ(read_entry(pax("linkpath", "/x/..") + archive).entry.link, "/x/..");
    EXPECT_EQ(read_entry(long_link("../k") + archive).entry.link, "../k");
    EXPECT_EQ(read_entry(long_link("k") + pax("linkpath", "x") + archive).entry.link, "k");
    EXPECT_EQ(read_entry(pax("linkpath", "x") + long_link("k") + archive).entry.link, "k");
  }
  EXPECT_EQ(read_entry(RawHeader("f").put(field::link, "x").sealed()).entry.link, "");
}

TEST(ReaderTypes, V7NamesWithASlashAreDirectories) {
  const auto read = [](std::string_view name, char type) {
    return read_entry(RawHeader(name, type).put(field::magic, v7_magic).sealed()).entry;
  };
  EXPECT_EQ(read("a/", type_flag::v7_file).type, EntryType::directory);
  EXPECT_EQ(read("a/", type_flag::v7_file).path.text(), "a");
  EXPECT_EQ(read("a", type_flag::v7_file).type, EntryType::file);
  EXPECT_EQ(read("a/", type_flag::file).type, EntryType::file);
  EXPECT_EQ(read("a/", type_flag::file).path.text(), "a");
  const std::string header = RawHeader("a", type_flag::v7_file).sealed();
  EXPECT_EQ(read_entry(pax("path", "b/") + header).entry.type, EntryType::directory);
  EXPECT_EQ(read_entry(long_name("b/") + header).entry.type, EntryType::directory);
  // And directories have no data.
  const std::string with_size = RawHeader("a/", type_flag::v7_file, 512).sealed();
  EXPECT_EQ(read_entries(with_size + member("b", "b")).size(), 2U);
}

TEST(ReaderTypes, ContiguousFilesAreFiles) {
  const auto [entry, content] = read_entry(member("a", "hello", '7'));
  EXPECT_EQ(entry.type, EntryType::file);
  EXPECT_EQ(content, "hello");
}

TEST(ReaderTypes, OthersAreUnsupported) {
  for (int flag = 1; flag < 256; ++flag) {
    const char type = static_cast<char>(flag);
    if ("01234567xgLKS"s.find(type) != std::string::npos) continue;
    const Failure failure = failure_of(member("etc/odd", "data", type));
    EXPECT_EQ(failure.kind, ErrorKind::unsupported) << flag;
    EXPECT_EQ(failure.text, "entry \"/etc/odd\": entries of type " + quoted(std::string(1, type)) +
                                " cannot be read");
  }
}

TEST(ReaderTypes, DevicesHaveNumbers) {
  RawHeader header("dev", type_flag::block_device);
  header.put(field::device_major, "0000010").put(field::device_minor, "3777777");
  EXPECT_EQ(read_entry(header.sealed()).entry.device,
            (tree::DeviceNumber{.major = 8, .minor = 03777777}));
  header.put(field::device_minor, "\x80\0\0\0\xff\xff\xff\xff"s);
  EXPECT_EQ(read_entry(header.sealed()).entry.device.minor, 0xffff'ffffU);
  header.put(field::device_minor, "\x80\0\0\1\0\0\0\0"s);
  EXPECT_EQ(failure_of(header.sealed()).kind, ErrorKind::invalid_data);
  header.put(field::device_minor, "\xff\xff\xff\xff\xff\xff\xff\xff");
  EXPECT_EQ(failure_of(header.sealed()).kind, ErrorKind::invalid_data);
  header.put(field::device_minor, "garbage").put(field::magic, v7_magic);
  EXPECT_EQ(read_entry(header.sealed()).entry.device, tree::DeviceNumber{});
}

TEST(ReaderNames, AreCleaned) {
  for (const auto& [name, clean] :
       std::vector<std::pair<std::string, std::string>>{{"/etc/abs", "etc/abs"},
                                                        {"../../esc", "esc"},
                                                        {"x/../y", "y"},
                                                        {"./z/.", "z"},
                                                        {"a//b", "a/b"},
                                                        {"", ""},
                                                        {"./", ""},
                                                        {"\xff\n", "\xff\n"}}) {
    EXPECT_EQ(paths_in(RawHeader(name).sealed()), std::vector<std::string>{clean});
    EXPECT_EQ(paths_in(long_name(name) + RawHeader(name).sealed()),
              std::vector<std::string>{clean});
  }
}

TEST(ReaderNames, FillTheirFieldWithoutNul) {
  const std::string name(100, 'n');
  const std::string prefix(155, 'p');
  EXPECT_EQ(paths_in(RawHeader(name).sealed()), std::vector<std::string>{name});
  EXPECT_EQ(paths_in(RawHeader(name).put(field::ustar_prefix, prefix).sealed()),
            std::vector<std::string>{prefix + "/" + name});
}

TEST(ReaderNames, HaveAnOrderOfPrecedence) {
  const std::string header = RawHeader("n").put(field::ustar_prefix, "p").sealed();
  const auto name_in = [&header](const std::string& specials) {
    return read_entry(specials + header).entry.path.text();
  };
  EXPECT_EQ(name_in(""), "p/n");
  EXPECT_EQ(name_in(pax("path", "x")), "x");
  EXPECT_EQ(name_in(pax("path", "")), "p/n");
  EXPECT_EQ(name_in(long_name("l")), "l");
  EXPECT_EQ(name_in(long_name("")), "p/n");
  EXPECT_EQ(name_in(pax("path", "x") + long_name("l")), "l");
  EXPECT_EQ(name_in(long_name("l") + pax("path", "x")), "l");
  EXPECT_EQ(name_in(long_name("l") + long_name("m")), "m");
  EXPECT_EQ(name_in(member("././@LongLink", "l\0junk"s, 'L')), "l");
  EXPECT_EQ(name_in(member("././@LongLink", "no nul", 'L')), "no nul");
}

TEST(ReaderPax, TheSecondHeaderReplacesTheFirst) {
  const std::string archive = pax(pax_record("path", "x") + pax_record("uid", "5")) +
                              pax("gid", "6") + RawHeader("n").sealed();
  const tree::Entry entry = read_entry(archive).entry;
  EXPECT_EQ(entry.path.text(), "n");
  EXPECT_EQ(entry.uid, 0U);
  EXPECT_EQ(entry.gid, 6U);
}

TEST(ReaderPax, OverridesTheHeader) {
  RawHeader header("n", type_flag::file, 1);
  header.put(field::uid, "0000001").put(field::gid, "0000002").put(field::mtime, "00000000003");
  const std::string records = pax_record("uid", "4294967294") + pax_record("gid", "3000000") +
                              pax_record("mtime", "-1.25") + pax_record("atime", "1.5") +
                              pax_record("ctime", "2.5") + pax_record("size", "3") +
                              pax_record("uname", "root") + pax_record("gname", "root");
  const auto [entry, content] = read_entry(pax(records) + header.sealed() + padded("abc"));
  EXPECT_EQ(entry.uid, 4294967294U);
  EXPECT_EQ(entry.gid, 3000000U);
  EXPECT_EQ(entry.mtime, (Time{.seconds = -2, .nanoseconds = 750'000'000}));
  EXPECT_EQ(entry.atime, (Time{.seconds = 1, .nanoseconds = 500'000'000}));
  EXPECT_EQ(content, "abc");
}

TEST(ReaderPax, RecordsWithoutValueKeepTheHeader) {
  RawHeader header("n", type_flag::file, 1);
  header.put(field::uid, "0000001").put(field::mtime, "00000000003");
  std::string records;
  for (const char* key : {"path", "linkpath", "size", "uid", "gid", "uname", "gname", "mtime",
                          "atime", "ctime", "GNU.sparse.name", "GNU.sparse.major"}) {
    records += pax_record(key, "");
  }
  const auto [entry, content] = read_entry(pax(records) + header.sealed() + padded("a"));
  EXPECT_EQ(entry.path.text(), "n");
  EXPECT_EQ(entry.uid, 1U);
  EXPECT_EQ(entry.mtime, Time{.seconds = 3});
  EXPECT_EQ(entry.atime, std::nullopt);
  EXPECT_EQ(content, "a");
}

TEST(ReaderPax, OverridesEvenWhatTheHeaderCannotHold) {
  // Writers put anything into fields that a record replaces.
  RawHeader header("n");
  header.put(field::uid, "\x80\0\0\1\0\0\0\0"s);
  EXPECT_EQ(read_entry(pax("uid", "7") + header.sealed()).entry.uid, 7U);
  EXPECT_EQ(failure_of(header.sealed()).kind, ErrorKind::invalid_data);
}

TEST(ReaderPax, GlobalHeadersAreSkipped) {
  const std::string global =
      member("pax_global_header",
             pax_record("comment", std::string(40, 'f')) + pax_record("path", "evil") +
                 pax_record("size", "4096") + pax_record("uid", "5"),
             type_flag::pax_global);
  const std::string archive =
      global + member("a", "a") + pax("path", "b") + global + member("x", "b") + end_of_archive();
  const std::vector<ReadEntry> entries = read_entries(archive);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].entry.path.text(), "a");
  EXPECT_EQ(entries[0].entry.uid, 0U);
  EXPECT_EQ(entries[0].content, "a");
  EXPECT_EQ(entries[1].entry.path.text(), "b");
  EXPECT_EQ(entries[1].content, "b");
}

TEST(ReaderPax, CollectsExtendedAttributes) {
  const std::string records =
      pax_record("SCHILY.xattr.user.a", "old") +
      pax_record("SCHILY.xattr.security.capability", "\1\0\0\2\0\x20\0\0"s) +
      pax_record("SCHILY.xattr.user.a", "new\n") + pax_record("SCHILY.xattr.user.gone", "x") +
      pax_record("SCHILY.xattr.user.gone", "") + pax_record("SCHILY.xattr.user.empty", "") +
      pax_record("SCHILY.acl.access", "user::rwx") + pax_record("LIBARCHIVE.xattr.user.b", "eA");
  EXPECT_THAT(
      read_entry(pax(records) + RawHeader("a").sealed()).entry.xattrs,
      ElementsAre(Pair("security.capability", "\1\0\0\2\0\x20\0\0"s), Pair("user.a", "new\n")));
}

TEST(ReaderTimes, ComeFromTheDialect) {
  RawHeader gnu("a");
  gnu.put(field::magic, gnu_magic).put(field::gnu_atime, "00000000012");
  EXPECT_EQ(read_entry(gnu.sealed()).entry.atime, Time{.seconds = 10});
  EXPECT_EQ(read_entry(pax("atime", "3") + gnu.sealed()).entry.atime, Time{.seconds = 3});

  RawHeader binary("a");
  binary.put(field::mtime, std::string(11, '\xff') + '\xfb');
  EXPECT_EQ(read_entry(binary.sealed()).entry.mtime, Time{.seconds = -5});
}

TEST(Reader, TellsNamesAsTheyAreStored) {
  const std::string archive = test::pax("path", "/long/../name") + test::member("x", "") +
                              test::member("./a//b", "content") + test::end_of_archive();
  io::BytesSource source(archive);
  Reader reader(source);
  ASSERT_NE(reader.next(), nullptr);
  EXPECT_EQ(reader.stored_name(), "/long/../name");
  ASSERT_NE(reader.next(), nullptr);
  EXPECT_EQ(reader.stored_name(), "./a//b");
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(Reader, TellsWhetherTheEndWasMarked) {
  for (const std::size_t zero_blocks : {0U, 1U, 2U}) {
    const std::string archive =
        test::member("a", "") + std::string(zero_blocks * block_bytes, '\0');
    io::BytesSource source(archive);
    Reader reader(source);
    ASSERT_NE(reader.next(), nullptr);
    EXPECT_EQ(reader.next(), nullptr);
    EXPECT_EQ(reader.has_end_marker(), zero_blocks > 0) << zero_blocks;
  }
}

}  // namespace
}  // namespace umoci::tar::test
