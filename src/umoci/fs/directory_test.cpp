// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/directory.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;
using testing::ElementsAre;
using tree::EntryType;

class DirectoryTest : public testing::Test {
 protected:
  test::TemporaryDirectory path_;
  Directory directory_ = Root::open(path_.path()).directory();
};

TEST_F(DirectoryTest, TakesComponentsOnly) {
  const std::string with_nul("a\0b", 3);
  for (const std::string& name : {std::string(), std::string("."), std::string(".."),
                                  std::string("a/b"), std::string("/"), with_nul}) {
    const auto refused = [&](const std::function<void()>& fn) {
      SCOPED_TRACE(name);
      EXPECT_ERROR(invalid_argument, "", fn());
    };
    refused([&] { static_cast<void>(directory_.status(name)); });
    refused([&] { static_cast<void>(directory_.open_directory(name)); });
    refused([&] { static_cast<void>(directory_.open_file(name)); });
    refused([&] { static_cast<void>(directory_.read_link(name)); });
    refused([&] { static_cast<void>(directory_.create_file(name, 0600)); });
    refused([&] { directory_.create_directory(name, 0700); });
    refused([&] { directory_.create_symlink(name, "x"); });
    refused([&] { directory_.create_node(name, EntryType::fifo, {}, 0600); });
    refused([&] { directory_.create_hard_link(name, directory_, "x"); });
    refused([&] { directory_.create_hard_link("x", directory_, name); });
    refused([&] { directory_.remove(name); });
    refused([&] { directory_.rename(name, directory_, "x"); });
    refused([&] { directory_.rename("x", directory_, name); });
    refused([&] { directory_.apply(name, {}); });
    refused([&] { static_cast<void>(directory_.xattrs(name)); });
  }
}

TEST_F(DirectoryTest, ListsInByteOrder) {
  for (const char* name : {"b", "a", "\xff", "B", "a.b", "..."}) {
    static_cast<void>(directory_.create_file(name, 0600));
  }
  EXPECT_THAT(directory_.list(), ElementsAre("...", "B", "a", "a.b", "b", "\xff"));
  EXPECT_THAT(directory_.list(), ElementsAre("...", "B", "a", "a.b", "b", "\xff"));
}

TEST_F(DirectoryTest, NothingIsEverReplaced) {
  stdfs::create_symlink("target", path_ / "link");
  const auto refused = [&](const std::function<void()>& fn) {
    EXPECT_ERROR(already_exists, "", fn());
  };
  test::write_file(path_ / "other", "");
  refused([&] { static_cast<void>(directory_.create_file("link", 0600)); });
  refused([&] { directory_.create_directory("link", 0700); });
  refused([&] { directory_.create_symlink("link", "x"); });
  refused([&] { directory_.create_node("link", EntryType::fifo, {}, 0600); });
  refused([&] { directory_.create_hard_link("link", directory_, "other"); });
  refused([&] { directory_.rename("other", directory_, "link", Occupied::is_an_error); });
  EXPECT_FALSE(stdfs::exists(path_ / "target"));
  directory_.rename("other", directory_, "new", Occupied::is_an_error);
  EXPECT_TRUE(stdfs::exists(path_ / "new"));
  directory_.rename("new", directory_, "link");
  EXPECT_TRUE(stdfs::is_regular_file(stdfs::symlink_status(path_ / "link")));
}

TEST_F(DirectoryTest, LinksAreNeverFollowed) {
  stdfs::create_directory(path_ / "dir");
  test::write_file(path_ / "file", "content");
  stdfs::create_symlink("dir", path_ / "to-dir");
  stdfs::create_symlink("file", path_ / "to-file");
  EXPECT_TRUE(directory_.open_directory("dir"));
  EXPECT_FALSE(directory_.open_directory("to-dir"));
  EXPECT_FALSE(directory_.open_directory("file"));
  EXPECT_FALSE(directory_.open_directory("none"));
  EXPECT_TRUE(S_ISLNK(directory_.status("to-file")->st_mode));
  EXPECT_FALSE(directory_.status("none"));
  EXPECT_ERROR(invalid_data, "", directory_.open_file("to-file"));
  EXPECT_ERROR(invalid_data, "", directory_.open_file("dir"));
  EXPECT_ERROR(not_found, "", directory_.open_file("none"));
  EXPECT_TRUE(directory_.open_file("file"));

  directory_.create_hard_link("second", directory_, "to-file");
  EXPECT_EQ(directory_.read_link("second"), "file");
}

TEST_F(DirectoryTest, ReadsTargetsOfAnyLength) {
  for (const std::size_t length : {1U, 255U, 256U, 257U, 4095U}) {
    const std::string target(length, 'x');
    const std::string name = std::to_string(length);
    directory_.create_symlink(name, target);
    EXPECT_EQ(directory_.read_link(name), target);
  }
  test::write_file(path_ / "file", "");
  EXPECT_ERROR(invalid_data, "", directory_.read_link("file"));
  EXPECT_ERROR(not_found, "", directory_.read_link("none"));
  EXPECT_FALSE(directory_.find_link("file"));
}

TEST_F(DirectoryTest, CreatesNodes) {
  directory_.create_node("fifo", EntryType::fifo, {}, 0644);
  EXPECT_TRUE(S_ISFIFO(directory_.status("fifo")->st_mode));
  EXPECT_ERROR(invalid_argument, "", directory_.create_node("x", EntryType::file, {}, 0644));
  if (!test::is_real_root()) GTEST_SKIP() << "only root makes devices";
  directory_.create_node("char", EntryType::char_device, {.major = 259, .minor = 70000}, 0600);
  directory_.create_node("block", EntryType::block_device, {.major = 8, .minor = 1}, 0600);
  const struct stat status = directory_.status("char").value();
  EXPECT_TRUE(S_ISCHR(status.st_mode));
  EXPECT_EQ(major(status.st_rdev), 259U);
  EXPECT_EQ(minor(status.st_rdev), 70000U);
  EXPECT_TRUE(S_ISBLK(directory_.status("block")->st_mode));
}

}  // namespace
}  // namespace umoci::fs
