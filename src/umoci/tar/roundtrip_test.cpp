// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/test_archive.hpp>

#include <umoci_test/faulty.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace umoci::tar::test {
namespace {

using tree::Entry;
using tree::EntryType;

/// Strings of all bytes but those in `without`, now and then very long ones.
rc::Gen<std::string> bytes_without(std::string without) {
  const auto byte = rc::gen::suchThat(rc::gen::arbitrary<char>(), [without](char candidate) {
    return without.find(candidate) == std::string::npos;
  });
  const auto ascii = rc::gen::map(rc::gen::inRange(0, 26),
                                  [](int letter) { return static_cast<char>('a' + letter); });
  const auto size =
      rc::gen::weightedOneOf<std::size_t>({{6, rc::gen::inRange<std::size_t>(1, 12)},
                                           {3, rc::gen::inRange<std::size_t>(40, 110)},
                                           {1, rc::gen::inRange<std::size_t>(110, 400)}});
  return rc::gen::mapcat(size, [byte, ascii](std::size_t count) {
    return rc::gen::weightedOneOf<std::string>({{3, rc::gen::container<std::string>(count, ascii)},
                                                {1, rc::gen::container<std::string>(count, byte)}});
  });
}

rc::Gen<std::string> names() {
  const auto component =
      rc::gen::suchThat(bytes_without(std::string("/\0", 2)),
                        [](const std::string& name) { return name != "." && name != ".."; });
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, 6), [component](std::size_t count) {
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(count, component),
                        [](const std::vector<std::string>& components) {
                          std::string name;
                          for (const std::string& part : components) name += '/' + part;
                          return name;
                        });
  });
}

rc::Gen<std::uint32_t> ids() {
  return rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 70'000),
                        rc::gen::inRange<std::uint32_t>(07777770, 010000010),
                        rc::gen::inRange<std::uint32_t>(0, 0xffff'ffff));
}

rc::Gen<std::int64_t> times() {
  return rc::gen::oneOf(rc::gen::inRange<std::int64_t>(-100, 2'000'000'000),
                        rc::gen::inRange<std::int64_t>(077777777770, 0100000000010),
                        rc::gen::arbitrary<std::int64_t>());
}

struct Written {
  Entry entry;
  std::string content;
};

Written arbitrary_entry() {
  Written written;
  Entry& entry = written.entry;
  entry.path = tree::TreePath::clean(*names());
  entry.type = *rc::gen::element(EntryType::file, EntryType::file, EntryType::directory,
                                 EntryType::symlink, EntryType::hard_link, EntryType::char_device,
                                 EntryType::block_device, EntryType::fifo);
  entry.mode = *rc::gen::inRange<std::uint32_t>(0, 010000);
  entry.uid = *ids();
  entry.gid = *ids();
  entry.mtime.seconds = *times();
  if (entry.type == EntryType::file) {
    written.content = *bytes_without("");
    entry.size_bytes = written.content.size();
  } else if (entry.type == EntryType::symlink || entry.type == EntryType::hard_link) {
    entry.link = *bytes_without(std::string("\0", 1));
  } else if (entry.type == EntryType::char_device || entry.type == EntryType::block_device) {
    entry.device = {.major = *rc::gen::inRange<std::uint32_t>(0, 010000000),
                    .minor = *rc::gen::inRange<std::uint32_t>(0, 010000000)};
  }
  const auto name = bytes_without(std::string("=\0", 2));
  if (*rc::gen::inRange(0, 3) == 0) {
    const auto count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i) entry.xattrs["user." + *name] = *bytes_without("");
  }
  return written;
}

void assert_same(const Entry& read, const Entry& written) {
  RC_ASSERT(read.path == written.path);
  RC_ASSERT(read.type == written.type);
  RC_ASSERT(read.mode == written.mode);
  RC_ASSERT(read.uid == written.uid);
  RC_ASSERT(read.gid == written.gid);
  RC_ASSERT(read.size_bytes == written.size_bytes);
  RC_ASSERT(read.mtime == written.mtime);
  RC_ASSERT(!read.atime.has_value());
  RC_ASSERT(read.device == written.device);
  RC_ASSERT(read.link == written.link);
  RC_ASSERT(read.xattrs == written.xattrs);
  RC_ASSERT(read.hole_bytes == 0U);
}

RC_GTEST_PROP(RoundTrip, WhatWasWrittenIsRead, ()) {
  std::vector<Written> entries;
  const auto count = *rc::gen::inRange(1, 6);
  for (int i = 0; i < count; ++i) {
    Written next = arbitrary_entry();
    if (entries.empty() || entries.back().entry.path != next.entry.path) {
      entries.push_back(std::move(next));
    }
  }
  const std::string archive = archive_of([&entries](Writer& writer) {
    for (const Written& written : entries) put(writer, written.entry, written.content);
  });
  RC_ASSERT(archive.size() % block_bytes == 0U);

  umoci::test::ChunkedSource source(archive, *rc::gen::inRange<std::size_t>(1, 2000));
  const std::vector<ReadEntry> read = read_entries(source);
  RC_ASSERT(read.size() == entries.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    assert_same(read[i].entry, entries[i].entry);
    RC_ASSERT(read[i].content == entries[i].content);
  }
}

}  // namespace
}  // namespace umoci::tar::test
