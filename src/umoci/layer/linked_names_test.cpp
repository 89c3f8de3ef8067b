// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/linked_names.hpp>

#include <umoci/tree/memory_tree.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace umoci::layer {
namespace {

using mtree::Delta;
using mtree::DeltaKind;
using testing::ElementsAre;
using testing::IsEmpty;
using tree::EntryType;
using tree::TreePath;

struct Name {
  std::string path;
  std::uint64_t inode;
  std::uint64_t link_count = 2;
  EntryType type = EntryType::file;
  std::uint64_t device = 1;
};

/// The paths of `deltas` after those of `changed`.
std::vector<std::string> added(const std::vector<Name>& names, const std::vector<Delta>& changed,
                               const std::vector<TreePath>& masks = {}) {
  tree::MemoryTree disk;
  for (const Name& name : names) {
    tree::Entry entry;
    entry.path = TreePath::clean(name.path);
    entry.type = name.type;
    entry.link_count = name.link_count;
    entry.inode = {.device = name.device, .inode = name.inode};
    disk.put(entry);
  }
  const auto entries = disk.entries();
  LinkedNames linked(*entries);
  std::size_t passed = 0;
  while (linked.next() != nullptr) ++passed;
  EXPECT_EQ(passed, names.size());
  const auto completed = linked.completed(changed, {.paths = masks, .globs = {}});
  std::vector<std::string> paths;
  for (std::size_t i = changed.size(); i < completed.size(); ++i) {
    EXPECT_EQ(completed[i].kind, DeltaKind::modified);
    paths.push_back(completed[i].path.text());
  }
  return paths;
}

Delta extra(std::string_view path) {
  return {.path = TreePath::clean(path), .kind = DeltaKind::extra};
}

TEST(LinkedNames, OfAChangedObjectAreAllTold) {
  EXPECT_THAT(added({{"a", 1, 3}, {"b", 1, 3}, {"c", 1, 3}}, {extra("b")}), ElementsAre("a", "c"));
  EXPECT_THAT(added({{"a", 1}, {"b", 1}}, {extra("b"), extra("a")}), IsEmpty()) << "not twice";
  EXPECT_THAT(added({{"a", 1}, {"b", 1}, {"c", 2}, {"d", 2}}, {extra("a")}), ElementsAre("b"));
}

TEST(LinkedNames, AreNotThoseOfOtherObjects) {
  EXPECT_THAT(added({{"a", 1, 1}, {"b", 1, 1}}, {extra("a")}), IsEmpty()) << "one name each";
  EXPECT_THAT(
      added({{"a", 1, 2, EntryType::directory}, {"b", 1, 2, EntryType::directory}}, {extra("a")}),
      IsEmpty())
      << "a directory that is mounted twice";
  EXPECT_THAT(
      added({{"a", 1, 2, EntryType::file, 1}, {"b", 1, 2, EntryType::file, 2}}, {extra("a")}),
      IsEmpty())
      << "the same number on another file system";
}

TEST(LinkedNames, HaveNothingToDoWithWhatIsMissing) {
  EXPECT_THAT(
      added({{"b", 1}, {"c", 1}}, {{.path = TreePath::clean("a"), .kind = DeltaKind::missing}}),
      IsEmpty());
}

TEST(LinkedNames, OfSocketsAreNotTold) {
  EXPECT_THAT(added({{"a", 1, 2, EntryType::socket}, {"b", 1, 2, EntryType::socket}}, {extra("a")}),
              IsEmpty());
}

TEST(LinkedNames, ThatAreMaskedTakeNoneAlongAndAreNotTakenAlong) {
  const std::vector<Name> names{{"a", 1, 3}, {"b", 1, 3}, {"v/c", 1, 3}};
  EXPECT_THAT(added(names, {extra("v/c")}, {TreePath::clean("v")}), IsEmpty());
  EXPECT_THAT(added(names, {extra("b")}, {TreePath::clean("v")}), ElementsAre("a"));
  EXPECT_THAT(added(names, {extra("b"), extra("v/c")}, {TreePath::clean("v")}), ElementsAre("a"));
}

TEST(LinkedNames, ThatAreMaskedAreLeftBehind) {
  tree::MemoryTree disk;
  for (const auto& [path, inode] : std::map<std::string, std::uint64_t>{
           {"a", 1}, {"b", 2}, {"v/a", 1}, {"v/b", 2}, {"v/c", 3}, {"v/d", 3}, {"w", 1}}) {
    tree::Entry entry;
    entry.path = TreePath::clean(path);
    entry.link_count = 3;
    entry.inode = {.device = 1, .inode = inode};
    disk.put(entry);
  }
  const auto entries = disk.entries();
  LinkedNames linked(*entries);
  while (linked.next() != nullptr) {
  }
  EXPECT_THAT(
      linked.left_behind({extra("a"), extra("w")}, {.paths = {TreePath::clean("v")}, .globs = {}}),
      ElementsAre(TreePath::clean("v/a")));
  EXPECT_THAT(linked.left_behind({extra("a"), extra("w")}, {}), IsEmpty());
}

}  // namespace
}  // namespace umoci::layer
