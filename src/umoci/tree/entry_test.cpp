// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/entry.hpp>

#include <gtest/gtest.h>

#include <set>
#include <unordered_set>

namespace umoci::tree {
namespace {

TEST(EntryType, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const EntryType type :
       {EntryType::file, EntryType::directory, EntryType::symlink, EntryType::hard_link,
        EntryType::char_device, EntryType::block_device, EntryType::fifo, EntryType::socket}) {
    names.insert(name_of(type));
  }
  EXPECT_EQ(names.size(), 8U);
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_EQ(name_of(EntryType::char_device), "character device");
}

TEST(InodeId, TheSameInodeOfAnotherDeviceIsAnotherObject) {
  std::unordered_set<InodeId> seen{{.device = 1, .inode = 7}};
  EXPECT_FALSE(seen.contains({.device = 2, .inode = 7}));
  EXPECT_FALSE(seen.contains({.device = 1, .inode = 8}));
  EXPECT_TRUE(seen.contains({.device = 1, .inode = 7}));
}

}  // namespace
}  // namespace umoci::tree
