// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/cancellable_entry_sink.hpp>

#include <umoci/tree/memory_tree.hpp>

#include <umoci_test/errors.hpp>

#include <gtest/gtest.h>

#include <stop_token>

namespace umoci::tree {
namespace {

class CancellableEntrySinkTest : public testing::Test {
 protected:
  CancellableEntrySinkTest() {
    file_.path = TreePath::clean("a");
    file_.size_bytes = 3;
  }

  Entry file_;
  io::BytesSource content_{"abc"};
  std::stop_source stop_;
};

TEST_F(CancellableEntrySinkTest, passes_everything_on_until_then) {
  MemoryTree tree;
  CancellableEntrySink sink(tree, stop_.get_token());
  sink.put(file_, content_);
  sink.finish();
  const MemoryTree::Node* const node = tree.find(file_.path);
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->content, "abc");
}

TEST_F(CancellableEntrySinkTest, takes_no_entry_after_that) {
  MemoryTree tree;
  CancellableEntrySink sink(tree, stop_.get_token());
  stop_.request_stop();
  EXPECT_ERROR(cancelled, "interrupted", sink.put(file_, content_));
  EXPECT_EQ(tree.find(file_.path), nullptr);
}

/// Is asked to stop while it takes an entry.
class StoppedSink final : public EntrySink {
 public:
  explicit StoppedSink(std::stop_source& stop) : stop_(stop) {}

  void put(const Entry& /*entry*/, io::Source& content) override {
    EXPECT_FALSE(content.peek().empty());
    stop_.request_stop();
    EXPECT_ERROR(cancelled, "interrupted", (void)content.peek());
  }
  void finish() override {}

 private:
  std::stop_source& stop_;
};

TEST_F(CancellableEntrySinkTest, ends_in_the_middle_of_a_file) {
  StoppedSink stopped(stop_);
  CancellableEntrySink sink(stopped, stop_.get_token());
  sink.put(file_, content_);
}

}  // namespace
}  // namespace umoci::tree
