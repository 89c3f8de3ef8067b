// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/cancellable_entries.hpp>

#include <umoci/tree/memory_tree.hpp>

#include <umoci_test/errors.hpp>

#include <gtest/gtest.h>

#include <stop_token>

namespace umoci::tree {
namespace {

class CancellableEntriesTest : public testing::Test {
 protected:
  CancellableEntriesTest() {
    Entry file;
    file.type = EntryType::file;
    file.path = TreePath::clean("a");
    file.size_bytes = 3;
    io::BytesSource content("abc");
    tree_.put(file, content);
    file.path = TreePath::clean("b");
    io::BytesSource other("def");
    tree_.put(file, other);
  }

  MemoryTree tree_;
  std::stop_source stop_;
};

TEST_F(CancellableEntriesTest, are_the_same_until_then) {
  const auto source = tree_.entries();
  CancellableEntries entries(*source, stop_.get_token());
  std::string text;
  while (const Entry* entry = entries.next()) {
    if (entry->type == EntryType::file) text += io::read_all(entries.content(), 100);
  }
  EXPECT_EQ(text, "abcdef");
}

TEST_F(CancellableEntriesTest, no_entry_follows) {
  const auto source = tree_.entries();
  CancellableEntries entries(*source, stop_.get_token());
  ASSERT_NE(entries.next(), nullptr);
  stop_.request_stop();
  EXPECT_ERROR(cancelled, "interrupted", (void)entries.next());
}

TEST_F(CancellableEntriesTest, no_content_follows) {
  const auto source = tree_.entries();
  CancellableEntries entries(*source, stop_.get_token());
  while (entries.next()->type != EntryType::file) continue;
  io::Source& content = entries.content();
  ASSERT_FALSE(content.peek().empty());
  stop_.request_stop();
  EXPECT_ERROR(cancelled, "interrupted", (void)content.peek());
}

}  // namespace
}  // namespace umoci::tree
