// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/directory.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>
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

ErrorKind kind_thrown_by(const std::function<void()>& fn) {
  try {
    fn();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::internal;
}

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
      EXPECT_EQ(kind_thrown_by(fn), ErrorKind::invalid_argument) << name;
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
    EXPECT_EQ(kind_thrown_by(fn), ErrorKind::already_exists);
  };
  test::write_file(path_ / "other", "");
  refused([&] { static_cast<void>(directory_.create_file("link", 0600)); });
  refused([&] { directory_.create_directory("link", 0700); });
  refused([&] { directory_.create_symlink("link", "x"); });
  refused([&] { directory_.create_node("link", EntryType::fifo, {}, 0600); });
  refused([&] { directory_.create_hard_link("link", directory_, "other"); });
  EXPECT_FALSE(stdfs::exists(path_ / "target"));
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
  EXPECT_EQ(kind_thrown_by([&] { static_cast<void>(directory_.open_file("to-file")); }),
            ErrorKind::invalid_data);
  EXPECT_EQ(kind_thrown_by([&] { static_cast<void>(directory_.open_file("dir")); }),
            ErrorKind::invalid_data);
  EXPECT_EQ(kind_thrown_by([&] { static_cast<void>(directory_.open_file("none")); }),
            ErrorKind::not_found);
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
  EXPECT_EQ(kind_thrown_by([&] { static_cast<void>(directory_.read_link("file")); }),
            ErrorKind::invalid_data);
  EXPECT_EQ(kind_thrown_by([&] { static_cast<void>(directory_.read_link("none")); }),
            ErrorKind::not_found);
  EXPECT_FALSE(directory_.find_link("file"));
}

TEST_F(DirectoryTest, CreatesNodes) {
  directory_.create_node("fifo", EntryType::fifo, {}, 0644);
  EXPECT_TRUE(S_ISFIFO(directory_.status("fifo")->st_mode));
  EXPECT_EQ(kind_thrown_by([&] { directory_.create_node("x", EntryType::file, {}, 0644); }),
            ErrorKind::invalid_argument);
  if (::geteuid() != 0) GTEST_SKIP() << "only root makes devices";
  directory_.create_node("char", EntryType::char_device, {.major = 259, .minor = 70000}, 0600);
  directory_.create_node("block", EntryType::block_device, {.major = 8, .minor = 1}, 0600);
  const struct stat status = directory_.status("char").value();
  EXPECT_TRUE(S_ISCHR(status.st_mode));
  EXPECT_EQ(major(status.st_rdev), 259U);
  EXPECT_EQ(minor(status.st_rdev), 70000U);
  EXPECT_TRUE(S_ISBLK(directory_.status("block")->st_mode));
}

TEST_F(DirectoryTest, RemovesWholeTrees) {
  stdfs::create_directories(path_ / "keep/below");
  stdfs::create_directories(path_ / "tree/a/b");
  stdfs::create_directories(path_ / "tree/empty");
  test::write_file(path_ / "tree/a/file", "");
  stdfs::create_symlink("../../keep", path_ / "tree/a/link");
  EXPECT_TRUE(directory_.remove("tree"));
  EXPECT_FALSE(directory_.remove("tree"));
  EXPECT_TRUE(stdfs::exists(path_ / "keep/below"));

  stdfs::create_directory_symlink("keep", path_ / "link");
  EXPECT_TRUE(directory_.remove("link"));
  EXPECT_TRUE(stdfs::exists(path_ / "keep/below"));
  EXPECT_THAT(directory_.list(), ElementsAre("keep"));
}

}  // namespace
}  // namespace umoci::fs
