// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/descent.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace umoci::layer::test {
namespace {

fs::Directory make_and_open(const fs::Directory& parent) {
  parent.create_directory("d", 0700);
  return *parent.open_directory("d");
}

TEST(Descent, ComesBackTheWayItWent) {
  constexpr std::size_t depth = 17000;  // so that milestones move apart twice
  const InMemory in_memory;
  const FewDescriptors few_descriptors;
  const TemporaryDirectory directory;
  Descent descent(fs::Root::open(directory.path()).directory());
  std::vector<tree::InodeId> inodes{inode_of(descent.here().status())};
  for (std::size_t i = 0; i < depth; ++i) {
    fs::Directory next = make_and_open(descent.here());
    inodes.push_back(inode_of(next.status()));
    descent.enter("d", std::move(next));
  }
  for (std::size_t i = depth; i > 0; --i) {
    ASSERT_EQ(inode_of(descent.here().status()), inodes[i]) << i;
    descent.leave();
    // Down again for a bit, where some may be open and some not.
    if (i % 1000 != 500) continue;
    for (int step = 0; step < 2; ++step) descent.enter("d", *descent.here().open_directory("d"));
    for (int step = 0; step < 2; ++step) descent.leave();
  }
  EXPECT_EQ(inode_of(descent.here().status()), inodes[0]);
}

TEST(Descent, NoticesWhenItsWayIsNotTheSameAnyMore) {
  const InMemory in_memory;
  const TemporaryDirectory directory;
  Descent descent(fs::Root::open(directory.path()).directory());
  for (int i = 0; i < 500; ++i) descent.enter("d", make_and_open(descent.here()));
  const std::string near_top = directory / "d/d/d/d";
  std::filesystem::rename(near_top, directory / "moved");
  std::filesystem::create_directories(near_top + "/d");
  const auto climb = [&] {
    for (int i = 500; i > 5; --i) {
      static_cast<void>(descent.here());
      descent.leave();
    }
  };
  try {
    climb();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
  }
}

}  // namespace
}  // namespace umoci::layer::test
