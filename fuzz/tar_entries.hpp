// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the targets for archives share: entries there and back again.

#include <fuzz/target.hpp>

#include <umoci/tar/test_archive.hpp>

#include <umoci_test/faulty.hpp>

#include <optional>
#include <string>
#include <vector>

namespace umoci::fuzz {

using tar::test::ReadEntry;

/// All that an archive has, and how it ends.
struct Reading {
  std::vector<ReadEntry> entries;
  std::optional<ErrorKind> error;
  std::string message;
};

inline Reading read_archive(std::string_view archive, const Limits& limits,
                            std::size_t chunk_bytes) {
  umoci::test::ChunkedSource source(archive, chunk_bytes);
  Reading reading;
  try {
    tar::Reader reader(source, limits);
    while (const tree::Entry* const entry = reader.next()) {
      reading.entries.push_back({.entry = *entry, .content = {}});
      reading.entries.back().content = io::read_all(reader.content(), limits.file_bytes);
    }
  } catch (const Error& error) {
    reading.error = error.kind();
    reading.message = error.what();
  }
  return reading;
}

inline void expect_equal(const tree::Entry& one, const tree::Entry& other) {
  expect(one.path == other.path, "paths differ");
  expect(one.type == other.type, "types differ");
  expect(one.mode == other.mode, "modes differ");
  expect(one.uid == other.uid && one.gid == other.gid, "owners differ");
  expect(one.size_bytes == other.size_bytes, "sizes differ");
  expect(one.mtime == other.mtime, "times of modification differ");
  expect(one.atime == other.atime, "times of access differ");
  expect(one.device == other.device, "device numbers differ");
  expect(one.link == other.link, "links differ");
  expect(one.xattrs == other.xattrs, "extended attributes differ");
  expect(one.hole_bytes == other.hole_bytes, "two entries have different holes");
}

inline void expect_equal(const std::vector<ReadEntry>& some, const std::vector<ReadEntry>& others) {
  expect(some.size() == others.size(), "one archive has more entries than the other");
  for (std::size_t i = 0; i < some.size(); ++i) {
    expect_equal(some[i].entry, others[i].entry);
    expect(some[i].content == others[i].content, "contents differ");
  }
}

/// The reasons why Writer may refuse an entry that Reader could yield.
inline bool can_be_written(const tree::Entry& entry) {
  constexpr std::uint32_t most_octal = 07777777;
  if (entry.path.is_root() && entry.type != tree::EntryType::directory) return false;
  return entry.device.major <= most_octal && entry.device.minor <= most_octal;
}

/// What is left of an entry in an archive that Writer has written.
inline tree::Entry as_written(tree::Entry entry) {
  entry.mtime.nanoseconds = 0;
  entry.atime.reset();
  entry.hole_bytes = 0;
  std::erase_if(entry.xattrs, [](const auto& xattr) { return xattr.second.empty(); });
  return entry;
}

/// Writes what can be written of `entries`, leaving out names that come twice in a row, and reads
/// it again: it must be the same.
inline void check_round_trip(const std::vector<ReadEntry>& entries, std::size_t chunk_bytes) {
  io::BytesSink sink;
  tar::Writer writer(sink);
  std::vector<ReadEntry> expected;
  for (const ReadEntry& each : entries) {
    if (!can_be_written(each.entry)) continue;
    if (!expected.empty() && expected.back().entry.path == each.entry.path) continue;
    tar::test::put(writer, each.entry, each.content);
    expected.push_back({.entry = as_written(each.entry), .content = each.content});
  }
  writer.finish();
  const std::string& archive = sink.bytes();
  expect(archive.size() % tar::block_bytes == 0, "an archive is not made of blocks");
  const Reading reading = read_archive(archive, Limits{}, chunk_bytes);
  if (reading.error) fail("what was written cannot be read: " + reading.message);
  expect_equal(reading.entries, expected);
}

}  // namespace umoci::fuzz
