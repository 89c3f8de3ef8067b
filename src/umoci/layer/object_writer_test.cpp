// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/object_writer.hpp>

#include <umoci/layer/extraction_test.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gtest/gtest.h>

namespace umoci::layer::test {
namespace {

using tree::EntryType;
using tree::TreePath;

/// What is written of a file that is said to be this inode.
tree::Entry object(std::string_view path, tree::InodeId inode, std::uint64_t link_count = 2) {
  tree::Entry entry;
  entry.path = TreePath::clean(path);
  entry.type = EntryType::fifo;  // has no content to be opened
  entry.inode = inode;
  entry.link_count = link_count;
  return entry;
}

std::map<std::string, std::string> links_of(const std::vector<tree::Entry>& objects) {
  const umoci::test::TemporaryDirectory directory;
  const fs::Root root = fs::Root::open(directory.path());
  tree::MemoryTree layer;
  const ChangesetOptions options{.ownership = {.rootless = true}};
  ObjectWriter writer(layer, options);
  for (const auto& entry : objects) writer.put(entry, root.directory(), entry.path.name());
  writer.check_owners();
  std::map<std::string, std::string> links;
  for (const auto& [path, node] : layer.nodes()) links[path.text()] = node.entry.link;
  return links;
}

TEST(ObjectWriter, OneInodeNumberOnTwoDevicesIsTwoFiles) {
  const auto links = links_of({object("a", {1, 7}), object("b", {2, 7}), object("c", {1, 7}),
                               object("d", {1, 8}), object("e", {2, 7})});
  EXPECT_EQ(links, (std::map<std::string, std::string>{
                       {"a", ""}, {"b", ""}, {"c", "a"}, {"d", ""}, {"e", "b"}}));
}

TEST(ObjectWriter, WhatHasOneNameIsNeverALink) {
  // A mount may show one object in two places.
  const auto links = links_of({object("a", {1, 7}, 1), object("b", {1, 7}, 1)});
  EXPECT_EQ(links, (std::map<std::string, std::string>{{"a", ""}, {"b", ""}}));
}

TEST(ObjectWriter, OverridesTakeTheOwnerForTheMappedOne) {
  const umoci::test::TemporaryDirectory directory;
  const fs::Root root = fs::Root::open(directory.path());
  tree::MemoryTree layer;
  ChangesetOptions options;
  options.ownership.uids = IdMap({{0, 1000, 1}});
  options.newest_mtime = 5;
  options.overrides = {.owner = fs::Owner{.uid = 3, .gid = 4}, .mode = 0711, .mtime = 9};
  ObjectWriter writer(layer, options);
  tree::Entry fifo = object("p", {1, 1});
  fifo.uid = 77;
  writer.put(fifo, root.directory(), "p");
  tree::Entry link = object("l", {1, 2});
  link.type = EntryType::symlink;
  writer.put(link, root.directory(), "l");
  writer.check_owners();
  const tree::Entry& written = layer.find(TreePath::clean("p"))->entry;
  EXPECT_EQ(written.uid, 3U);
  EXPECT_EQ(written.gid, 4U);
  EXPECT_EQ(written.mode, 0711U);
  EXPECT_EQ(written.mtime.seconds, 9);
  EXPECT_EQ(layer.find(TreePath::clean("l"))->entry.mode, 0777U);
}

}  // namespace
}  // namespace umoci::layer::test
