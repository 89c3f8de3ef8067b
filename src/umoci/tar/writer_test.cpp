// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/writer.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/test_archive.hpp>

#include <umoci_test/faulty.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace umoci::tar::test {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;
using tree::Entry;
using tree::EntryType;

/// The headers and records of an archive's only entry, as they were written.
struct Encoded {
  std::string pax_name;  ///< of the extended header
  std::string records;   ///< empty if there is no extended header
  std::string name;
  std::string link;
  std::string prefix;
};

Encoded encoded(const Entry& entry, std::string_view content = {}) {
  const std::string archive = archive_of(entry, content);
  std::string_view rest = archive;
  Encoded result;
  if (rest[field::type.offset] == type_flag::pax) {
    const HeaderBlock header(rest.substr(0, block_bytes));
    const auto size_bytes = static_cast<std::size_t>(header.number(field::size));
    result.pax_name = header.text(field::name);
    result.records = rest.substr(block_bytes, size_bytes);
    rest.remove_prefix(block_bytes + size_bytes + padding_of(size_bytes));
  }
  const HeaderBlock header(rest.substr(0, block_bytes));
  result.name = header.text(field::name);
  result.link = header.text(field::link);
  result.prefix = header.text(field::ustar_prefix);
  return result;
}

Failure put_failure(const Entry& entry, std::string_view content = {}) {
  try {
    static_cast<void>(archive_of(entry, content));
  } catch (const Error& error) {
    return {.kind = error.kind(), .text = error.what()};
  }
  return {.text = "none"};
}

Entry file_named(std::string_view path) { return entry_of(EntryType::file, path, 0644, 0); }

TEST(Writer, AnEmptyArchiveIsItsEnd) {
  EXPECT_EQ(archive_of([](Writer&) {}), end_of_archive());
}

TEST(Writer, FillsEveryFieldOfADevice) {
  Entry entry = entry_of(EntryType::char_device, "dev/x", 0107777, 1);
  entry.uid = 07777777;
  entry.gid = 1;
  entry.device = {.major = 5, .minor = 07777777};
  entry.size_bytes = 99;  // of no type but files
  entry.atime = Time{.seconds = 77};
  entry.mtime.nanoseconds = 999'999'999;
  const std::string block = archive_of(entry).substr(0, block_bytes);
  EXPECT_EQ(block.substr(100, 56),
            "0007777\0"s
            "7777777\0"s
            "0000001\0"s
            "00000000000\0"s
            "00000000001\0"s +
                block.substr(148, 8));
  EXPECT_EQ(block.substr(154, 2), "\0 "s);
  EXPECT_EQ(block.substr(156, 1), "3");
  EXPECT_EQ(block.substr(257, 8),
            "ustar\0"
            "00"s);
  EXPECT_EQ(block.substr(265, 64), std::string(64, '\0'));
  EXPECT_EQ(block.substr(329, 16),
            "0000005\0"
            "7777777\0"s);
  EXPECT_EQ(block.substr(345), std::string(167, '\0'));
  EXPECT_NO_THROW(HeaderBlock{block});
}

TEST(Writer, DirectoriesEndInASlashAndTheRootIsADot) {
  EXPECT_EQ(encoded(entry_of(EntryType::directory, "", 0755, 0)).name, ".");
  EXPECT_EQ(encoded(entry_of(EntryType::directory, "a/b", 0755, 0)).name, "a/b/");
  EXPECT_EQ(encoded(file_named("a/b")).name, "a/b");
}

TEST(Writer, SplitsNamesWhereBothPartsFit) {
  const auto expect_split = [](std::size_t prefix_size, std::size_t name_size) {
    const std::string prefix(prefix_size, 'p');
    const std::string name(name_size, 'n');
    const Encoded result = encoded(file_named(prefix + "/" + name));
    EXPECT_EQ(result.records, "");
    EXPECT_EQ(result.prefix, prefix);
    EXPECT_EQ(result.name, name);
  };
  expect_split(1, 99);
  expect_split(1, 100);
  expect_split(155, 1);
  expect_split(155, 100);
  EXPECT_EQ(encoded(file_named(std::string(100, 'n'))).records, "");
  for (const std::string& name :
       {std::string(101, 'n'), "p/" + std::string(101, 'n'), std::string(156, 'p') + "/n"}) {
    const Encoded result = encoded(file_named(name));
    EXPECT_EQ(result.records, pax_record("path", name));
    EXPECT_EQ(result.prefix, "");
    EXPECT_EQ(result.name, name.substr(0, 100));
  }
}

TEST(Writer, SplitsAtTheLastSlashThatLeavesRoom) {
  const std::string a50(50, 'a');
  const Encoded file = encoded(file_named(a50 + "/" + a50 + "/" + a50 + "/b"));
  EXPECT_EQ(file.prefix, a50 + "/" + a50 + "/" + a50);
  EXPECT_EQ(file.name, "b");
  const Encoded directory =
      encoded(entry_of(EntryType::directory, a50 + "/" + a50 + "/" + a50, 0755, 0));
  EXPECT_EQ(directory.prefix, a50 + "/" + a50);
  EXPECT_EQ(directory.name, a50 + "/");
}

TEST(Writer, ALongNameIsNotSplitBesideRecords) {
  Entry entry = file_named(std::string(60, 'p') + "/" + std::string(60, 'n'));
  entry.uid = 010000000;
  const Encoded result = encoded(entry);
  EXPECT_EQ(result.records, pax_record("path", entry.path.text()) + pax_record("uid", "2097152"));
  EXPECT_EQ(result.prefix, "");
  EXPECT_EQ(result.name, entry.path.text().substr(0, 100));
}

TEST(Writer, RecordsAreSortedByKey) {
  Entry entry = entry_of(EntryType::symlink, "\xc3\xbc", 0777, -1);
  entry.uid = entry.gid = 010000000;
  entry.link = "\xc3\xa4";
  entry.xattrs = {{"user.b", "2"}, {"user.a", "1"}, {"user.empty", ""}};
  EXPECT_EQ(encoded(entry).records,
            pax_record("SCHILY.xattr.user.a", "1") + pax_record("SCHILY.xattr.user.b", "2") +
                pax_record("gid", "2097152") + pax_record("linkpath", "\xc3\xa4") +
                pax_record("mtime", "-1") + pax_record("path", "\xc3\xbc") +
                pax_record("uid", "2097152"));
  EXPECT_EQ(encoded(entry).name, "");
  EXPECT_EQ(encoded(entry).link, "");
}

TEST(Writer, FieldsHaveTheirLimits) {
  const auto records_with = [](auto change) {
    Entry entry = file_named("f");
    change(entry);
    return encoded(entry).records;
  };
  EXPECT_EQ(records_with([](Entry& entry) { entry.uid = 07777777; }), "");
  EXPECT_EQ(records_with([](Entry& entry) { entry.uid = 010000000; }),
            pax_record("uid", "2097152"));
  EXPECT_EQ(records_with([](Entry& entry) { entry.gid = 0xffff'fffe; }),
            pax_record("gid", "4294967294"));
  EXPECT_EQ(records_with([](Entry& entry) { entry.mtime.seconds = 077777777777; }), "");
  EXPECT_EQ(records_with([](Entry& entry) { entry.mtime.seconds = 0100000000000; }),
            pax_record("mtime", "8589934592"));
  // Rounded down, not towards zero.
  EXPECT_EQ(records_with([](Entry& entry) { entry.mtime = {-1, 500'000'000}; }),
            pax_record("mtime", "-1"));
}

TEST(Writer, PaxHeadersAreNamedAfterTheEntry) {
  const auto pax_name = [](Entry entry) {
    entry.xattrs = {{"user.a", "1"}};
    return encoded(entry).pax_name;
  };
  EXPECT_EQ(pax_name(file_named("f")), "PaxHeaders.0/f");
  EXPECT_EQ(pax_name(file_named("a/b/f")), "a/b/PaxHeaders.0/f");
  EXPECT_EQ(pax_name(entry_of(EntryType::directory, "a/b", 0755, 0)), "a/b/PaxHeaders.0");
  EXPECT_EQ(pax_name(entry_of(EntryType::directory, "", 0755, 0)), "PaxHeaders.0");
  EXPECT_EQ(pax_name(file_named("\xc3\xbc/f\xc3\xbc")), "/PaxHeaders.0/f");
  EXPECT_EQ(pax_name(file_named("\xc3\xbc")), "PaxHeaders.0");
  EXPECT_EQ(pax_name(file_named(std::string(100, 'n'))), "PaxHeaders.0/" + std::string(87, 'n'));
  const std::string deep = std::string(86, 'd') + "/f";
  EXPECT_EQ(pax_name(file_named(deep)), std::string(86, 'd') + "/PaxHeaders.0");
}

TEST(Writer, ACutNameHasNoSlashAtItsEnd) {
  Entry entry = file_named(std::string(99, 'd') + "/" + std::string(200, 'f'));
  EXPECT_EQ(encoded(entry).name, std::string(99, 'd'));

  Entry link = entry_of(EntryType::symlink, "l", 0777, 0);
  link.link = std::string(95, 'x') + "////////y";
  const std::string archive = archive_of(link);
  const std::string field_bytes = archive.substr(2 * block_bytes + field::link.offset, 100);
  EXPECT_EQ(field_bytes, std::string(95, 'x') + "\0////"s);
}

TEST(Writer, PutsDataOnBlocks) {
  for (const std::size_t size_bytes : {0U, 1U, 511U, 512U, 513U, 100'000U}) {
    Entry entry = file_named("f");
    entry.size_bytes = size_bytes;
    const std::string content(size_bytes, 'c');
    const std::string archive = archive_of(entry, content);
    EXPECT_EQ(archive.substr(block_bytes), padded(content) + end_of_archive());
  }
}

TEST(Writer, TakesContentAsItComes) {
  Entry entry = file_named("f");
  const std::string content(5000, 'c');
  entry.size_bytes = content.size();
  const std::string expected = archive_of(entry, content);
  for (const std::size_t chunk_bytes : {1U, 511U, 5000U}) {
    const std::string archive = archive_of([&](Writer& writer) {
      umoci::test::ChunkedSource source(content, chunk_bytes);
      writer.put(entry, source);
    });
    EXPECT_EQ(archive, expected);
  }
}

TEST(Writer, RefusesContentOfAnotherSize) {
  Entry entry = file_named("etc/f");
  entry.size_bytes = 5;
  const Failure too_short = put_failure(entry, "hell");
  EXPECT_EQ(too_short.kind, ErrorKind::invalid_argument);
  EXPECT_EQ(too_short.text, "entry \"/etc/f\": content ends after 4 of 5 bytes");
  const Failure too_long = put_failure(entry, "hello!");
  EXPECT_EQ(too_long.kind, ErrorKind::invalid_argument);
  EXPECT_EQ(too_long.text, "entry \"/etc/f\": content goes on after 5 bytes");
  // Content of anything else is not looked at.
  EXPECT_EQ(put_failure(entry_of(EntryType::fifo, "p", 0644, 0), "x").text, "none");
}

TEST(Writer, RefusesWhatAnArchiveCannotHold) {
  const auto expect_refused = [](const Entry& entry, std::string_view reason) {
    const Failure failure = put_failure(entry);
    EXPECT_EQ(failure.kind, ErrorKind::invalid_argument) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr(reason));
  };
  expect_refused(entry_of(EntryType::socket, "s", 0644, 0), "a socket has no place");
  expect_refused(file_named(""), "the root cannot be a file");
  expect_refused(entry_of(EntryType::symlink, "", 0777, 0), "the root cannot be a symlink");

  Entry entry = file_named("f");
  entry.xattrs = {{"user.a=b", "1"}};
  expect_refused(entry, "extended attribute \"user.a=b\"");
  entry.xattrs = {{"", "1"}};
  expect_refused(entry, "extended attribute \"\"");
  entry.xattrs = {{"user.\0"s, "1"}};
  expect_refused(entry, "extended attribute \"user.\\x00\"");
  entry.xattrs = {{"user.a", std::string(1U << 20U, 'v')}};
  expect_refused(entry, "readers accept 1048576");
  entry.xattrs.clear();
  entry.size_bytes = 1ULL << 63U;
  expect_refused(entry, "size 9223372036854775808");

  Entry link = entry_of(EntryType::symlink, "l", 0777, 0);
  link.link = "a\0b"s;
  expect_refused(link, "link \"a\\x00b\"");
  Entry device = entry_of(EntryType::block_device, "d", 0600, 0);
  device.device = {.major = 0, .minor = 010000000};
  expect_refused(device, "device number 0:2097152");
  device.device = {.major = 010000000, .minor = 0};
  expect_refused(device, "device number 2097152:0");
}

TEST(Writer, RefusesAPathTwiceInARow) {
  EXPECT_THROW(static_cast<void>(archive_of([](Writer& writer) {
                 put(writer, file_named("a"));
                 put(writer, entry_of(EntryType::directory, "a", 0755, 0));
               })),
               Error);
  EXPECT_NO_THROW(static_cast<void>(archive_of([](Writer& writer) {
    put(writer, file_named("a"));
    put(writer, file_named("b"));
    put(writer, file_named("a"));
  })));
}

TEST(Writer, PassesOnTheErrorsOfItsSink) {
  Entry entry = file_named("f");
  entry.size_bytes = 1000;
  const std::string content(1000, 'c');
  for (const std::uint64_t good_bytes : {0U, 511U, 512U, 1000U, 1600U, 2047U}) {
    io::BytesSink bytes;
    umoci::test::FullSink sink(bytes, good_bytes);
    Writer writer(sink);
    io::BytesSource source(content);
    try {
      writer.put(entry, source);
      writer.finish();
      FAIL() << "no error after " << good_bytes;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::no_space);
    }
  }
}

}  // namespace
}  // namespace umoci::tar::test
