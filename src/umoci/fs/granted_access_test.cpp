// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;
using testing::ElementsAre;
using testing::Pair;
using tree::TreePath;

/// Each test runs as a plain user who owns the tree.
class GrantedAccessTest : public testing::TestWithParam<Lookup> {
 protected:
  /// Runs `fn` with names of nothing but what it made itself.
  void as_owner(const std::function<void()>& fn) { test::as_plain_user(path_.path(), fn); }

  [[nodiscard]] Root root(Access access = Access::grant_to_owner) const {
    return Root::open(path_.path(), {.lookup = GetParam(), .access = access});
  }
  void make_directory(const std::string& name) const { stdfs::create_directories(path_ / name); }
  void make_file(const std::string& name, mode_t mode, const std::string& content = {}) const {
    test::write_file(path_ / name, content);
    set_mode(name, mode);
  }
  void set_mode(const std::string& name, mode_t mode) const {
    ASSERT_EQ(::chmod((path_ / name).c_str(), mode), 0) << name;
  }
  [[nodiscard]] mode_t mode(const std::string& name) const {
    struct stat status{};
    EXPECT_EQ(::lstat((path_ / name).c_str(), &status), 0) << name;
    return status.st_mode & 07777U;
  }

  test::TemporaryDirectory path_;
};

INSTANTIATE_TEST_SUITE_P(, GrantedAccessTest,
                         testing::Values(Lookup::openat2, Lookup::component_walk),
                         [](const auto& instance) {
                           return instance.param == Lookup::openat2 ? "Openat2" : "ComponentWalk";
                         });

struct Seen {
  mode_t mode;
  timespec mtime;
  timespec atime;
  friend bool operator==(const Seen& a, const Seen& b) {
    return a.mode == b.mode && a.mtime.tv_sec == b.mtime.tv_sec &&
           a.mtime.tv_nsec == b.mtime.tv_nsec && a.atime.tv_sec == b.atime.tv_sec &&
           a.atime.tv_nsec == b.atime.tv_nsec;
  }
};

/// Modes and times, read by somebody who needs no permission. Nothing is listed: that would change
/// times itself.
std::map<std::string, Seen> snapshot(const stdfs::path& top) {
  std::map<std::string, Seen> seen;
  for (const char* name :
       {"", "dir", "dir/file", "dir/sub", "dir/sub/deeper", "dir/sub/write-only"}) {
    struct stat status{};
    EXPECT_EQ(::lstat((top / name).c_str(), &status), 0) << name;
    seen[name] = {status.st_mode, status.st_mtim, status.st_atim};
  }
  return seen;
}

TEST_P(GrantedAccessTest, WalkSeesEverythingAndChangesNothing) {
  if (!test::is_real_root())
    GTEST_SKIP() << "only root can look at the outcome without touching it";
  as_owner([&] {
    make_directory("dir/sub/deeper");
    make_file("dir/file", 0000, "content");
    make_file("dir/sub/write-only", 0200, "more");
    stdfs::create_symlink("target", path_ / "dir/sub/link");
    set_mode("dir/file", 0600);
    ASSERT_EQ(::setxattr((path_ / "dir/file").c_str(), "user.a", "1", 1, 0), 0);
    set_mode("dir/file", 0000);
    set_mode("dir/sub/deeper", 0000);
    set_mode("dir/sub", 0100);
    set_mode("dir", 0000);
    set_mode("", 0300);
  });
  const auto before = snapshot(path_.path());
  as_owner([&] {
    EXPECT_ERROR(permission, "", [&] {
      Walker walker(root(Access::as_granted));
      while (walker.next() != nullptr) {
      }
    }());
    Walker walker(root());
    std::map<std::string, mode_t> modes;
    std::map<std::string, std::string> contents;
    while (const tree::Entry* entry = walker.next()) {
      modes[entry->path.text()] = entry->mode;
      if (entry->type == tree::EntryType::symlink) {
        EXPECT_EQ(entry->link, "target");
        continue;
      }
      if (entry->path.text() == "dir/file") {
        EXPECT_THAT(entry->xattrs, ElementsAre(Pair("user.a", "1")));
      }
      contents[entry->path.text()] = io::read_all(walker.content(), 100);
    }
    EXPECT_THAT(modes, ElementsAre(Pair("", 0300), Pair("dir", 0000), Pair("dir/file", 0000),
                                   Pair("dir/sub", 0100), Pair("dir/sub/deeper", 0000),
                                   Pair("dir/sub/link", 0777), Pair("dir/sub/write-only", 0200)));
    EXPECT_EQ(contents["dir/file"], "content");
    EXPECT_EQ(contents["dir/sub/write-only"], "more");
  });
  EXPECT_EQ(snapshot(path_.path()), before);
}

TEST_P(GrantedAccessTest, PathsLeadThroughClosedDirectories) {
  as_owner([&] {
    make_directory("a/b/c");
    stdfs::create_symlink("/a/b", path_ / "a/b/c/link");
    for (const char* name : {"a/b/c", "a/b", "a"}) set_mode(name, 0000);
    EXPECT_ERROR(permission, "", root(Access::as_granted).resolve(TreePath::clean("a/b/c")));
    EXPECT_ERROR(permission, "", root(Access::as_granted).open_directory(TreePath::clean("a/b/c")));
    EXPECT_EQ(root().resolve(TreePath::clean("a/b/c/link/c/new")).path.text(), "a/b/c/new");
    EXPECT_TRUE(root().open_directory(TreePath::clean("a/b/c")));
    EXPECT_EQ(mode("a"), 0000U);
    set_mode("a", 0700);
    EXPECT_EQ(mode("a/b"), 0000U);
    set_mode("a/b", 0700);
    EXPECT_EQ(mode("a/b/c"), 0000U);
  });
}

TEST_P(GrantedAccessTest, ReadOnlyDirectoriesCanBeChanged) {
  as_owner([&] {
    make_directory("dir");
    make_directory("other/moved/below");
    set_mode("other/moved", 0555);
    set_mode("other", 0555);
    set_mode("dir", 0555);
    {
      const Root tree = root();
      const Directory dir = tree.open_directory(TreePath::clean("dir")).value();
      const Directory other = tree.open_directory(TreePath::clean("other")).value();
      static_cast<void>(dir.create_file("file", 0600));
      dir.create_directory("sub", 0700);
      dir.create_symlink("link", "x");
      dir.create_node("fifo", tree::EntryType::fifo, {}, 0600);
      other.create_hard_link("second", dir, "file");
      other.rename("moved", dir, "moved");
      dir.rename("fifo", other, "fifo");
      EXPECT_THAT(dir.list(), ElementsAre("file", "link", "moved", "sub"));
      EXPECT_THAT(other.list(), ElementsAre("fifo", "second"));
      EXPECT_TRUE(dir.remove("moved"));
      // Nobody who asks sees the difference.
      EXPECT_EQ(dir.status().st_mode & 07777U, 0555U);
      EXPECT_EQ(tree.directory().status("dir")->st_mode & 07777U, 0555U);
      EXPECT_EQ(mode("dir"), 0755U);
    }
    EXPECT_EQ(mode("dir"), 0555U);
    EXPECT_EQ(mode("other"), 0555U);
  });
}

TEST_P(GrantedAccessTest, MovedDirectoryKeepsItsMode) {
  as_owner([&] {
    make_directory("from/moved/below");
    make_directory("to");
    set_mode("from/moved", 0555);
    root()
        .open_directory(TreePath::clean("from"))
        ->rename("moved", *root().open_directory(TreePath::clean("to")), "moved");
    EXPECT_EQ(mode("to/moved"), 0555U);
  });
}

TEST_P(GrantedAccessTest, AppliedModeOutlastsTheGrant) {
  as_owner([&] {
    // 0755 is also what the grant makes of 0555.
    for (const mode_t applied : {0755U, 0500U, 0000U, 01777U}) {
      for (const bool by_name : {true, false}) {
        make_directory("dir");
        set_mode("dir", 0555);
        {
          const Root tree = root();
          const Directory dir = tree.open_directory(TreePath::clean("dir")).value();
          static_cast<void>(dir.create_file("file", 0600));
          if (by_name)
            tree.directory().apply("dir", {.mode = applied});
          else
            dir.apply({.mode = applied});
          EXPECT_EQ(dir.status().st_mode & 07777U, applied);
          static_cast<void>(dir.create_file("second", 0600));
        }
        EXPECT_EQ(mode("dir"), applied);
        root().directory().remove("dir");
      }
    }
  });
}

TEST_P(GrantedAccessTest, ModeChangedBySomebodyElseStays) {
  as_owner([&] {
    make_directory("dir");
    set_mode("dir", 0555);
    {
      const Directory dir = root().open_directory(TreePath::clean("dir")).value();
      static_cast<void>(dir.create_file("file", 0600));
      set_mode("dir", 0711);
    }
    EXPECT_EQ(mode("dir"), 0711U);
  });
}

TEST_P(GrantedAccessTest, OneHandleMayCloseBeforeTheOther) {
  as_owner([&] {
    make_directory("dir");
    set_mode("dir", 0500);
    const Root tree = root();
    auto first = tree.open_directory(TreePath::clean("dir"));
    auto second = tree.open_directory(TreePath::clean("dir"));
    static_cast<void>(first->create_file("a", 0600));
    static_cast<void>(second->create_file("b", 0600));
    first.reset();
    static_cast<void>(second->create_file("c", 0600));
    second.reset();
    EXPECT_EQ(mode("dir"), 0500U);
  });
}

TEST_P(GrantedAccessTest, UserXattrsOfClosedFiles) {
  as_owner([&] {
    const Root tree = root();
    make_directory("dir");
    for (const char* name : {"read-only", "closed"}) {
      make_file(name, std::string(name) == "closed" ? 0000 : 0444);
      tree.directory().apply(name, {.xattrs = XattrChange{.wanted = {{"user.a", "1"}}}});
      EXPECT_THAT(tree.directory().xattrs(name), ElementsAre(Pair("user.a", "1"))) << name;
      tree.directory().apply(name,
                             {.mode = 0004, .xattrs = XattrChange{.wanted = {{"user.b", "2"}}}});
      EXPECT_EQ(mode(name), 0004U);
      EXPECT_THAT(tree.directory().xattrs(name), ElementsAre(Pair("user.b", "2"))) << name;
    }
    set_mode("dir", 0000);
    tree.directory().apply("dir", {.xattrs = XattrChange{.wanted = {{"user.a", "1"}}}});
    EXPECT_THAT(tree.directory().xattrs("dir"), ElementsAre(Pair("user.a", "1")));
    const Directory dir = tree.open_directory(TreePath::clean("dir")).value();
    dir.apply({.mode = 0001, .xattrs = XattrChange{.wanted = {{"user.b", "2"}}}});
    EXPECT_THAT(dir.xattrs(), ElementsAre(Pair("user.b", "2")));
    EXPECT_EQ(tree.directory().status("dir")->st_mode & 07777U, 0001U);
  });
}

// A grant changes the list of a file as it changes the mode.
TEST_P(GrantedAccessTest, AccessControlListsAreSeenAsTheyAreApartFromGrants) {
  as_owner([&] {
    make_directory("d");
    make_file("d/f", 0, "x");
    // For the owner, a user by name, the group, the mask and all others, without any permission.
    const std::string none(
        "\x02\0\0\0\x01\0\0\0\xff\xff\xff\xff\x02\0\x04\0\x05\0\0\0"
        "\x04\0\0\0\xff\xff\xff\xff\x10\0\0\0\xff\xff\xff\xff\x20\0\0\0"
        "\xff\xff\xff\xff",
        44);
    constexpr const char* acl = "system.posix_acl_access";
    for (const char* name : {"d/f", "d"}) {
      ASSERT_EQ(::chmod((path_ / name).c_str(), 0700), 0);
      ASSERT_EQ(::setxattr((path_ / name).c_str(), "user.a", "1", 1, 0), 0);
      if (::setxattr((path_ / name).c_str(), acl, none.data(), none.size(), 0) != 0) {
        GTEST_SKIP() << "no access control lists here";
      }
    }
    const Root tree = root();
    Walker walker(tree);
    while (const tree::Entry* const entry = walker.next()) {
      if (entry->path.is_root()) continue;
      EXPECT_EQ(entry->xattrs.at(acl), none) << entry->path.display();
    }
    const auto directory = tree.open_directory(TreePath::clean("d"));
    ASSERT_TRUE(directory);
    EXPECT_EQ(directory->list(), std::vector<std::string>{"f"});
    EXPECT_EQ(directory->xattrs().at(acl), none) << "while it is open to its owner";
    EXPECT_EQ(tree.directory().xattrs("d").at(acl), none);
    EXPECT_EQ(directory->xattrs("f").at(acl), none);
  });
}

TEST_P(GrantedAccessTest, RemovesClosedTrees) {
  as_owner([&] {
    make_directory("tree/a/b");
    make_file("tree/a/b/file", 0000);
    for (const char* name : {"tree/a/b", "tree/a", "tree"}) set_mode(name, 0000);
    EXPECT_ERROR(permission, "", root(Access::as_granted).directory().remove("tree"));
    EXPECT_TRUE(root().directory().remove("tree"));
    EXPECT_FALSE(stdfs::exists(path_ / "tree"));
  });
}

TEST_P(GrantedAccessTest, FailuresRestoreToo) {
  as_owner([&] {
    make_directory("dir");
    set_mode("dir", 0500);
    EXPECT_ERROR(already_exists, "", [&] {
      const Directory dir = root().open_directory(TreePath::clean("dir")).value();
      static_cast<void>(dir.create_file("file", 0600));
      static_cast<void>(dir.create_file("file", 0600));
    }());
    EXPECT_EQ(mode("dir"), 0500U);
  });
}

TEST_P(GrantedAccessTest, WhatOthersOwnStaysTheirs) {
  if (!test::is_real_root()) GTEST_SKIP() << "needs files of two users";
  make_directory("theirs");
  make_file("file", 0600, "secret");
  set_mode("theirs", 0700);
  as_owner([&] {
    const Root tree = root();
    EXPECT_ERROR(permission, "", [&] {
      const Directory dir = tree.open_directory(TreePath::clean("theirs")).value();
      static_cast<void>(dir.list());
    }());
    EXPECT_ERROR(permission, "", tree.directory().open_file("file"));
  });
  EXPECT_EQ(mode("theirs"), 0700U);
  EXPECT_EQ(mode("file"), 0600U);
}

TEST_P(GrantedAccessTest, ThreadsDoNotDisturbEachOther) {
  as_owner([&] {
    make_directory("dir");
    make_file("dir/file", 0000, "content");
    set_mode("dir", 0100);
    {
      const Root tree = root();
      std::vector<std::thread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
          for (int round = 0; round < 200; ++round) {
            const Directory dir = tree.open_directory(TreePath::clean("dir")).value();
            EXPECT_THAT(dir.list(), ElementsAre("file"));
            EXPECT_EQ(dir.status().st_mode & 07777U, 0100U);
            EXPECT_EQ(dir.status("file")->st_mode & 07777U, 0U);
            io::FileSource content(dir.open_file("file"));
            EXPECT_EQ(io::read_all(content, 100), "content");
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
    }
    EXPECT_EQ(mode("dir"), 0100U);
    EXPECT_EQ(mode("dir/file"), 0U);
  });
}

}  // namespace
}  // namespace umoci::fs
