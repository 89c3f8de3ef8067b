// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/mount_point_warnings.hpp>

#include <umoci/tree/memory_tree.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <umoci_test/recording_log.hpp>

namespace umoci::layer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tree::EntryType;

TEST(MountPointWarnings, NameTheTopOfEachMount) {
  tree::MemoryTree disk;
  const auto put = [&](std::string_view path, std::uint64_t device,
                       EntryType type = EntryType::directory) {
    tree::Entry entry;
    entry.path = tree::TreePath::clean(path);
    entry.type = type;
    entry.inode = {.device = device, .inode = 1};
    disk.put(entry);
  };
  put("", 1);
  put("a", 1);
  put("a/file", 9, EntryType::file);
  put("a/mount", 2);
  put("a/mount/below", 2);
  put("a/mount/below/back", 1);
  put("a/next", 1);
  put("b", 2);
  put("c", 1);
  umoci::test::RecordingLog log;
  const auto entries = disk.entries();
  MountPointWarnings tree(*entries, log);
  std::size_t passed = 0;
  while (tree.next() != nullptr) ++passed;
  EXPECT_EQ(passed, disk.nodes().size());
  EXPECT_THAT(log.warnings(),
              ElementsAre(HasSubstr("path=/a/mount"), HasSubstr("path=/a/mount/below/back"),
                          HasSubstr("path=/b")));
}

}  // namespace
}  // namespace umoci::layer
