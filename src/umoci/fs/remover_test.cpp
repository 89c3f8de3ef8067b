// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RemoverTest : public testing::Test {
 protected:
  [[nodiscard]] Directory directory() const { return Root::open(path_.path()).directory(); }
  void make_directory(const std::string& name) const { stdfs::create_directories(path_ / name); }
  void make_file(const std::string& name) const { test::write_file(path_ / name, name); }

  test::TemporaryDirectory path_;
};

TEST_F(RemoverTest, RemovesWholeTrees) {
  make_directory("keep/below");
  make_directory("tree/a/b");
  make_directory("tree/empty");
  make_file("tree/a/file");
  stdfs::create_symlink("../../keep", path_ / "tree/a/link");
  EXPECT_TRUE(directory().remove("tree"));
  EXPECT_FALSE(directory().remove("tree"));
  EXPECT_TRUE(stdfs::exists(path_ / "keep/below"));
}

TEST_F(RemoverTest, RemovesSingleObjectsOfAnyType) {
  make_directory("keep/below");
  make_file("file");
  make_directory("empty");
  stdfs::create_directory_symlink("keep", path_ / "link");
  ASSERT_EQ(::mkfifo((path_ / "fifo").c_str(), 0600), 0);
  for (const char* name : {"file", "empty", "link", "fifo"}) {
    EXPECT_TRUE(directory().remove(name)) << name;
  }
  EXPECT_THAT(directory().list(), ElementsAre("keep"));
  EXPECT_TRUE(stdfs::exists(path_ / "keep/below"));
}

TEST_F(RemoverTest, WideDirectories) {
  make_directory("tree");
  for (int i = 0; i < 3000; ++i) make_file("tree/" + std::to_string(i));
  EXPECT_TRUE(directory().remove("tree"));
  EXPECT_THAT(directory().list(), IsEmpty());
}

/// Makes directories below each other; the deepest of them.
Directory dig(Directory directory, int levels) {
  for (int i = 0; i < levels; ++i) {
    directory.create_directory("d", 0755);
    directory = directory.open_directory("d").value();
  }
  return directory;
}

TEST_F(RemoverTest, HundredThousandLevelsAreWalkedAndRemoved) {
  test::in_child_process([&] {
#ifdef __SANITIZE_ADDRESS__
    constexpr int most = 10'000;
#else
    constexpr int most = 100'000;
#endif
    // In memory it takes two seconds, on a disk it may take minutes.
    const bool in_memory = test::enter_mount_namespace() &&
                           ::mount("none", path_.path().c_str(), "tmpfs", 0, nullptr) == 0;
    const int levels = in_memory ? most : 1000;
    struct rlimit few{};
    ::getrlimit(RLIMIT_NOFILE, &few);
    few.rlim_cur = 150;
    ::setrlimit(RLIMIT_NOFILE, &few);
    static_cast<void>(dig(directory(), levels).create_file("file", 0600));
    Walker walker(Root::open(path_.path()));
    int entries = 0;
    while (walker.next() != nullptr) ++entries;
    EXPECT_EQ(entries, levels + 2);
    EXPECT_TRUE(directory().remove("d"));
    EXPECT_THAT(directory().list(), IsEmpty());
  });
}

TEST_F(RemoverTest, MountPointsAreNotEntered) {
  make_directory("outside/dir");
  make_file("outside/file");
  make_directory("tree/a/mount");
  make_directory("tree/other");
  make_file("tree/file-mount");
  test::in_child_process([&] {
    if (!test::enter_mount_namespace()) GTEST_SKIP() << "only root may mount";
    ASSERT_EQ(::mount((path_ / "outside").c_str(), (path_ / "tree/a/mount").c_str(), nullptr,
                      MS_BIND, nullptr),
              0);
    ASSERT_EQ(::mount((path_ / "outside/file").c_str(), (path_ / "tree/file-mount").c_str(),
                      nullptr, MS_BIND, nullptr),
              0);
    try {
      directory().remove("tree");
      ADD_FAILURE() << "removed a mount point";
    } catch (const Error& error) {
      EXPECT_EQ(error.code().value(), EBUSY);
      EXPECT_THAT(error.what(), HasSubstr("\"mount\""));
    }
    EXPECT_TRUE(stdfs::exists(path_ / "outside/dir"));
    EXPECT_EQ(test::read_file(path_ / "outside/file"), "outside/file");
    EXPECT_FALSE(stdfs::exists(path_ / "tree/other"));
  });
}

TEST_F(RemoverTest, OneFailureDoesNotKeepTheRest) {
  if (!test::is_real_root()) GTEST_SKIP() << "needs files of two users";
  make_directory("tree/a");
  make_directory("tree/b-locked");
  make_file("tree/b-locked/first");
  make_file("tree/b-locked/second");
  make_directory("tree/c/below");
  for (const char* name : {"tree", "tree/a", "tree/c", "tree/c/below"}) {
    ASSERT_EQ(::chown((path_ / name).c_str(), test::plain_user, test::plain_user), 0);
  }
  test::as_plain_user(path_.path(), [&] {
    try {
      directory().remove("tree");
      ADD_FAILURE() << "removed what belongs to others";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::permission);
      EXPECT_THAT(error.what(), HasSubstr("\"first\""));
    }
    const Directory tree = directory().open_directory("tree").value();
    EXPECT_THAT(tree.list(), ElementsAre("b-locked"));
  });
}

TEST_F(RemoverTest, RootNeedsNoPermissions) {
  if (::geteuid() != 0) GTEST_SKIP() << "for other users see the tests of granted access";
  make_directory("tree/a/b");
  for (const char* name : {"tree/a/b", "tree/a", "tree"}) {
    ASSERT_EQ(::chmod((path_ / name).c_str(), 0), 0);
  }
  EXPECT_TRUE(directory().remove("tree"));
}

}  // namespace
}  // namespace umoci::fs
