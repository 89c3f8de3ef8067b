// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/reported_entries.hpp>

#include <umoci/tree/memory_tree.hpp>
#include <umoci/tree/reported_entry_sink.hpp>

#include <umoci_test/recording_progress.hpp>

#include <gtest/gtest.h>

namespace umoci::tree {
namespace {

Entry file(std::string_view path, std::uint64_t size_bytes) {
  Entry entry;
  entry.type = EntryType::file;
  entry.path = TreePath::clean(path);
  entry.size_bytes = size_bytes;
  return entry;
}

void put(EntrySink& sink, std::string_view path, std::string_view text) {
  io::BytesSource content(text);
  sink.put(file(path, text.size()), content);
}

TEST(ReportedEntries, tells_entries_and_what_is_read_of_them) {
  MemoryTree tree;
  put(tree, "a", "abc");
  put(tree, "b", "unread");
  const auto source = tree.entries();
  test::RecordingProgress progress;
  ReportedEntries entries(*source, &progress);
  std::uint64_t count = 0;
  while (const Entry* entry = entries.next()) {
    EXPECT_EQ(progress.entries(), ++count);
    if (entry->path.text() != "a") continue;
    EXPECT_EQ(io::read_all(entries.content(), 100), "abc");
  }
  EXPECT_EQ(progress.entries(), count);
  EXPECT_EQ(progress.bytes(), 3U);
}

TEST(ReportedEntries, tells_entries_only_where_somebody_else_counts_bytes) {
  MemoryTree tree;
  put(tree, "a", "abc");
  const auto source = tree.entries();
  test::RecordingProgress progress;
  ReportedEntries entries(*source, &progress, ReportedPart::entry);
  std::uint64_t count = 0;
  std::string text;
  while (const Entry* entry = entries.next()) {
    ++count;
    if (entry->type == EntryType::file) text += io::read_all(entries.content(), 100);
  }
  EXPECT_EQ(text, "abc");
  EXPECT_EQ(progress.entries(), count);
  EXPECT_EQ(progress.bytes(), 0U);
}

TEST(ReportedEntries, works_without_a_progress) {
  MemoryTree tree;
  put(tree, "a", "abc");
  const auto source = tree.entries();
  ReportedEntries entries(*source, nullptr);
  std::string text;
  while (const Entry* entry = entries.next()) {
    if (entry->type == EntryType::file) text += io::read_all(entries.content(), 100);
  }
  EXPECT_EQ(text, "abc");
}

TEST(ReportedEntrySink, tells_entries_and_what_is_read_of_them) {
  test::RecordingProgress progress;
  MemoryTree tree;
  ReportedEntrySink sink(tree, &progress);
  put(sink, "a", "abc");
  put(sink, "b", "de");
  sink.finish();
  EXPECT_EQ(progress.entries(), 2U);
  EXPECT_EQ(progress.bytes(), 5U);
}

}  // namespace
}  // namespace umoci::tree
