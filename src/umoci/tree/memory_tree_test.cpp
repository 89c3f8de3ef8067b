// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/memory_tree.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace umoci::tree {
namespace {

Entry file(std::string_view path, std::uint64_t size_bytes = 0) {
  Entry entry;
  entry.path = TreePath::clean(path);
  entry.mode = 0644;
  entry.size_bytes = size_bytes;
  return entry;
}

std::vector<std::string> paths_of(const MemoryTree& tree) {
  std::vector<std::string> paths;
  for (const auto& [path, node] : tree.nodes()) paths.push_back(path.text());
  return paths;
}

TEST(MemoryTree, KeepsEntriesAndTheirContent) {
  MemoryTree tree;
  io::BytesSource content("hello");
  tree.put(file("a", 5), content);
  const MemoryTree::Node* node = tree.find(TreePath::clean("a"));
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->content, "hello");
  EXPECT_EQ(node->entry.mode, 0644U);
  EXPECT_EQ(tree.find(TreePath::clean("b")), nullptr);
}

TEST(MemoryTree, TheLastOfAPathWins) {
  MemoryTree tree;
  tree.put(file("a"), "old");
  Entry link = file("a");
  link.type = EntryType::symlink;
  link.link = "b";
  tree.put(link);
  const MemoryTree::Node* node = tree.find(TreePath::clean("a"));
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->entry.type, EntryType::symlink);
  EXPECT_EQ(node->content, "");
  EXPECT_EQ(tree.nodes().size(), 1U);
}

TEST(MemoryTree, TakesTheSizeFromTheContent) {
  MemoryTree tree;
  tree.put(file("a"), "hello");
  EXPECT_EQ(tree.find(TreePath::clean("a"))->entry.size_bytes, 5U);
}

TEST(MemoryTree, RefusesContentOfAnotherSize) {
  MemoryTree tree;
  io::BytesSource short_content("hell");
  EXPECT_THROW(tree.put(file("a", 5), short_content), Error);
  io::BytesSource long_content("hello!");
  EXPECT_THROW(tree.put(file("a", 5), long_content), Error);
  EXPECT_TRUE(tree.nodes().empty());
}

TEST(MemoryTree, OnlyFilesHaveContent) {
  MemoryTree tree;
  Entry directory = file("d", 4096);
  directory.type = EntryType::directory;
  io::BytesSource content("x");
  tree.put(directory, content);
  EXPECT_EQ(tree.find(directory.path)->content, "");
  EXPECT_EQ(tree.find(directory.path)->entry.size_bytes, 4096U);
}

TEST(MemoryTree, RemovesWhatLiesBelowAndNothingElse) {
  MemoryTree tree;
  for (const char* path : {"", "a", "a-b", "a/x", "a/x/y", "a/z", "a0", "ab", "b"}) {
    tree.put(file(path));
  }
  tree.remove(TreePath::clean("a"));
  EXPECT_EQ(paths_of(tree), (std::vector<std::string>{"", "a-b", "a0", "ab", "b"}));
  tree.remove(TreePath::clean("absent"));
  EXPECT_EQ(tree.nodes().size(), 5U);
  tree.remove(TreePath{});
  EXPECT_TRUE(tree.nodes().empty());
}

TEST(MemoryTree, StreamsInByteOrder) {
  MemoryTree tree;
  tree.put(file("b"), "2");
  tree.put(file("a/c"), "3");
  tree.put(file("a-b"), "1");
  const auto entries = tree.entries();
  EXPECT_TRUE(entries->content().peek().empty());
  std::string seen;
  while (const Entry* entry = entries->next()) {
    seen += entry->path.text() + '=' + io::read_all(entries->content(), 100) + ' ';
  }
  EXPECT_EQ(seen, "a-b=1 a/c=3 b=2 ");
  EXPECT_TRUE(entries->content().peek().empty());
  EXPECT_EQ(entries->next(), nullptr);
}

}  // namespace
}  // namespace umoci::tree
