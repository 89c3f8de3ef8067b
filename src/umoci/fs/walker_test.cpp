// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/walker.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <fmt/format.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;
using testing::ElementsAre;
using tree::Entry;
using tree::EntryType;
using tree::TreePath;

class WalkerTest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> paths(WalkOptions options = {},
                                               std::string_view start = {}) const {
    Walker walker(root_, std::move(options), TreePath::clean(start));
    std::vector<std::string> found;
    while (const Entry* entry = walker.next()) found.push_back(entry->path.display());
    return found;
  }
  void make_directory(const std::string& name) { stdfs::create_directories(path_ / name); }
  void make_file(const std::string& name, std::string_view content = {}) {
    test::write_file(path_ / name, content);
  }

  test::TemporaryDirectory path_;
  Root root_ = Root::open(path_.path());
};

TEST_F(WalkerTest, VisitsParentsFirstAndNamesInByteOrder) {
  make_directory("b/x");
  make_directory("B");
  make_file("b.txt");
  make_file("b/a");
  make_file("a");
  stdfs::create_directory_symlink("b", path_ / "link");
  EXPECT_THAT(paths(), ElementsAre("/", "/B", "/a", "/b", "/b/a", "/b/x", "/b.txt", "/link"));
}

TEST_F(WalkerTest, StartsAnywhere) {
  make_directory("a/b/c");
  make_file("a/b/file");
  make_file("a/z");
  stdfs::create_directory_symlink("a", path_ / "link");
  EXPECT_THAT(paths({}, "a/b"), ElementsAre("/a/b", "/a/b/c", "/a/b/file"));
  EXPECT_THAT(paths({}, "a/z"), ElementsAre("/a/z"));
  EXPECT_THAT(paths({}, "link"), ElementsAre("/link"));
  for (const char* start : {"none", "a/none", "none/x", "link/b", "a/z/x"}) {
    SCOPED_TRACE(start);
    EXPECT_ERROR(not_found, "", paths({}, start));
  }
}

TEST_F(WalkerTest, DescendsOnlyWhereAsked) {
  make_directory("skip/below");
  make_directory("visit/below");
  EXPECT_THAT(paths({.descend = [](const Entry& entry) { return entry.path.text() != "skip"; }}),
              ElementsAre("/", "/skip", "/visit", "/visit/below"));
  EXPECT_THAT(paths({.descend = [](const Entry&) { return false; }}), ElementsAre("/"));
}

/// What Python's os module says of the same tree.
constexpr const char* python_walk = R"(
import os, stat, sys
def show(path, name):
    s = os.lstat(path)
    kinds = {stat.S_IFREG: 'file', stat.S_IFDIR: 'directory', stat.S_IFLNK: 'symlink',
             stat.S_IFIFO: 'fifo', stat.S_IFSOCK: 'socket', stat.S_IFCHR: 'device',
             stat.S_IFBLK: 'device'}
    kind = kinds[stat.S_IFMT(s.st_mode)]
    device = (os.major(s.st_rdev), os.minor(s.st_rdev)) if kind == 'device' else (0, 0)
    link = os.readlink(path) if kind == 'symlink' else ''
    xattrs = [k.encode() + b'=' + os.getxattr(path, k, follow_symlinks=False)
              for k in sorted(os.listxattr(path, follow_symlinks=False))]
    print(name, kind, oct(s.st_mode & 0o7777)[2:], s.st_uid, s.st_gid, s.st_size, s.st_mtime_ns,
          device[0], device[1], s.st_nlink, s.st_dev, s.st_ino, link,
          b','.join(xattrs).hex())
    if kind == 'directory':
        for child in sorted(os.listdir(path)):
            show(path + '/' + child, (name if name != '/' else '') + '/' + child)
show(sys.argv[1], '/')
)";

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string line_of(const Entry& entry) {
  const bool device = entry.type == EntryType::char_device || entry.type == EntryType::block_device;
  std::string xattrs;
  for (const auto& [name, value] : entry.xattrs) {
    xattrs += fmt::format("{}{}={}", xattrs.empty() ? "" : ",", name, value);
  }
  return fmt::format("{} {} {:o} {} {} {} {} {} {} {} {} {} {} {}\n", entry.path.display(),
                     device ? "device" : name_of(entry.type), entry.mode, entry.uid, entry.gid,
                     entry.size_bytes,
                     entry.mtime.seconds * 1'000'000'000 + entry.mtime.nanoseconds,
                     entry.device.major, entry.device.minor, entry.link_count, entry.inode.device,
                     entry.inode.inode, entry.link, hex(xattrs));
}

TEST_F(WalkerTest, SeesWhatPythonSees) {
  if (!test::has_program("python3")) GTEST_SKIP() << "needs python3";
  const Directory& top = root_.directory();
  make_directory("dir/sub");
  make_file("dir/file", "content");
  make_file("dir/set-id", "x");
  stdfs::create_hard_link(path_ / "dir/file", path_ / "dir/second");
  top.create_symlink("link", "dir/../nowhere");
  top.create_node("fifo", EntryType::fifo, {}, 0600);
  const std::string value("\0\xff value", 8);
  const std::string large(3000, 'v');
  ::setxattr((path_ / "dir/file").c_str(), "user.a", value.data(), value.size(), 0);
  ::setxattr((path_ / "dir").c_str(), "user.large", large.data(), large.size(), 0);
  ::setxattr((path_ / "dir").c_str(), "user.empty", "", 0, 0);
  for (int i = 0; i < 60; ++i) {
    const std::string name = fmt::format("user.{:030}", i);
    ::setxattr((path_ / "dir/sub").c_str(), name.c_str(), "1", 1, 0);
  }
  const Metadata before_1970{.mode = 06755, .mtime = Time{.seconds = -5, .nanoseconds = 7}};
  top.open_directory("dir")->apply("set-id", before_1970);
  if (test::is_real_root()) {
    top.create_node("null", EntryType::char_device, {.major = 1, .minor = 3}, 0600);
    top.apply("link", {.owner = Owner{.uid = 12, .gid = 3456789}});
    ::lsetxattr((path_ / "link").c_str(), "trusted.link", "yes", 3, 0);
    ::lsetxattr((path_ / "fifo").c_str(), "trusted.fifo", "yes", 3, 0);
  }

  std::string found;
  Walker walker(root_);
  while (const Entry* entry = walker.next()) found += line_of(*entry);
  const auto expected = test::run_program({"python3", "-c", python_walk, path_.path().string()});
  ASSERT_EQ(expected.status, 0) << expected.err;
  EXPECT_EQ(found, expected.out);
}

TEST_F(WalkerTest, LeavesXattrsOutOnRequest) {
  make_file("file");
  if (::setxattr((path_ / "file").c_str(), "user.a", "1", 1, 0) != 0) {
    GTEST_SKIP() << "no user attributes on this file system";
  }
  Walker walker(root_, {.xattrs = false}, TreePath::clean("file"));
  EXPECT_TRUE(walker.next()->xattrs.empty());
}

TEST_F(WalkerTest, LendsContent) {
  make_file("a", "first");
  make_file("empty");
  make_file("large", std::string(1'000'000, 'x'));
  Walker walker(root_);
  EXPECT_EQ(walker.next()->type, EntryType::directory);
  EXPECT_TRUE(walker.content().peek().empty());
  EXPECT_EQ(walker.next()->path.text(), "a");
  EXPECT_EQ(io::read_all(walker.content(), 100), "first");
  EXPECT_TRUE(walker.content().peek().empty());
  EXPECT_EQ(walker.next()->path.text(), "empty");
  EXPECT_EQ(io::read_all(walker.content(), 100), "");
  EXPECT_EQ(walker.next()->path.text(), "large");
  EXPECT_EQ(io::read_all(walker.content(), 2'000'000), std::string(1'000'000, 'x'));
  EXPECT_EQ(walker.next(), nullptr);
  EXPECT_EQ(walker.next(), nullptr);
}

TEST_F(WalkerTest, NoticesReplacedFiles) {
  const auto conflicts_when_replaced_by = [&](const std::function<void()>& replacement) {
    make_file("file", "old");
    Walker walker(root_, {}, TreePath::clean("file"));
    static_cast<void>(walker.next());
    // Kept, so that the new file cannot get its inode number.
    stdfs::rename(path_ / "file", path_ / "old");
    replacement();
    EXPECT_ERROR(conflict, "/file", walker.content().peek());
    stdfs::remove(path_ / "file");
  };
  conflicts_when_replaced_by([&] { make_file("file", "new"); });
  conflicts_when_replaced_by([&] { stdfs::create_symlink("old", path_ / "file"); });
  conflicts_when_replaced_by([&] { ::mkfifo((path_ / "file").c_str(), 0600); });
  conflicts_when_replaced_by([] {});
}

TEST_F(WalkerTest, NoticesReplacedDirectories) {
  make_directory("dir/sub");
  make_directory("other/sub");
  Walker walker(root_, {}, TreePath::clean("dir"));
  static_cast<void>(walker.next());
  stdfs::rename(path_ / "dir", path_ / "moved");
  stdfs::rename(path_ / "other", path_ / "dir");
  EXPECT_ERROR(conflict, "", walker.next());
}

TEST_F(WalkerTest, NoticesRemovedFiles) {
  make_file("a");
  make_file("b");
  Walker walker(root_);
  static_cast<void>(walker.next());
  static_cast<void>(walker.next());
  stdfs::remove(path_ / "b");
  EXPECT_ERROR(conflict, "", walker.next());
}

TEST_F(WalkerTest, KnowsTheParent) {
  make_directory("dir");
  make_file("dir/file", "x");
  Walker walker(root_);
  static_cast<void>(walker.next());
  EXPECT_TRUE(walker.parent().status("dir"));
  static_cast<void>(walker.next());
  EXPECT_TRUE(walker.parent().status("dir"));
  static_cast<void>(walker.next());
  EXPECT_TRUE(walker.parent().status("file"));
}

/// Makes directories named "d" below each other; returns the deepest.
Directory dig(Directory directory, int levels) {
  for (int i = 0; i < levels; ++i) {
    directory.create_directory("d", 0755);
    directory = directory.open_directory("d").value();
  }
  return directory;
}

TEST_F(WalkerTest, DeepTreesNeedFewDescriptors) {
  constexpr int levels = 2000;
  const Directory deepest = dig(root_.directory(), levels);
  static_cast<void>(deepest.create_file("file", 0600));
  static_cast<void>(root_.directory().create_file("e", 0600));
  struct rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  struct rlimit few = before;
  few.rlim_cur = 150;
  ::setrlimit(RLIMIT_NOFILE, &few);
  EXPECT_EQ(paths().size(), levels + 3U);
  EXPECT_TRUE(root_.directory().remove("d"));
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(paths(), ElementsAre("/", "/e"));
}

TEST_F(WalkerTest, MovedDirectoryDoesNotTakeTheWalkAlong) {
  // Deep enough for the way back up to lead over "..".
  Directory deepest = dig(root_.directory(), 200);
  const test::TemporaryDirectory elsewhere;
  Walker walker(root_);
  TreePath middle;
  for (int i = 0; i < 100; ++i) middle = middle.child("d");
  EXPECT_ERROR(conflict, "", [&] {
    while (const Entry* entry = walker.next()) {
      if (entry->path.depth() != 200) continue;
      stdfs::rename(path_ / middle.text(), elsewhere / "d");
    }
  }());
}

TEST_F(WalkerTest, ReadsSingleEntries) {
  make_directory("dir");
  make_file("dir/file", "content");
  const Directory directory = root_.open_directory(TreePath::clean("dir")).value();
  const auto entry = read_entry(directory, "file", TreePath::clean("any/name"));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->path.text(), "any/name");
  EXPECT_EQ(entry->size_bytes, 7U);
  EXPECT_FALSE(read_entry(directory, "none", {}));
  EXPECT_EQ(io::read_all(*open_content(directory, "file", entry->inode), 100), "content");
  EXPECT_ERROR(conflict, "", open_content(directory, "file", {.device = 1, .inode = 1}));
}

}  // namespace
}  // namespace umoci::fs
