// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/root.hpp>

#include <umoci/base/error.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;
using tree::TreePath;

TreePath path(std::string_view text) { return TreePath::clean(text); }

bool same_object(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

struct stat status_of(const stdfs::path& file) {
  struct stat status{};
  EXPECT_EQ(::lstat(file.c_str(), &status), 0) << file;
  return status;
}

/// A tree beside a canary that no link in the tree may lead to.
class RootTest : public testing::TestWithParam<Lookup> {
 protected:
  RootTest() {
    stdfs::create_directories(rootfs_);
    stdfs::create_directories(outside_ / "dir");
    test::write_file(outside_ / "secret", "secret");
  }

  void make_directory(const std::string& name) { stdfs::create_directories(rootfs_ / name); }
  void make_file(const std::string& name) { test::write_file(rootfs_ / name, name); }
  void make_link(const std::string& name, const std::string& target) {
    stdfs::create_symlink(target, rootfs_ / name);
  }

  [[nodiscard]] Root root() const { return Root::open(rootfs_, {.lookup = GetParam()}); }
  [[nodiscard]] Location resolve(std::string_view text) const {
    Location location = root().resolve(path(text));
    EXPECT_TRUE(
        same_object(location.existing.status(), status_of(rootfs_ / location.existing_path.text())))
        << "existing is not what existing_path says: " << text;
    return location;
  }
  [[nodiscard]] std::string resolved(std::string_view text) const {
    return resolve(text).path.text();
  }

  test::TemporaryDirectory directory_;
  stdfs::path rootfs_ = directory_ / "rootfs";
  stdfs::path outside_ = directory_ / "outside";
};

INSTANTIATE_TEST_SUITE_P(, RootTest, testing::Values(Lookup::openat2, Lookup::component_walk),
                         [](const auto& instance) {
                           return instance.param == Lookup::openat2 ? "Openat2" : "ComponentWalk";
                         });

TEST_P(RootTest, RootResolvesToItself) {
  const Location location = resolve("");
  EXPECT_TRUE(location.path.is_root());
  EXPECT_TRUE(location.is_directory());
  EXPECT_EQ(location.links, 0U);
}

TEST_P(RootTest, PlainPathIsTakenAsItIs) {
  make_directory("usr/share/doc");
  const Location location = resolve("usr/share/doc");
  EXPECT_EQ(location.path.text(), "usr/share/doc");
  EXPECT_TRUE(location.is_directory());
  EXPECT_EQ(location.links, 0U);
}

TEST_P(RootTest, WhatIsMissingFollowsWhatExists) {
  make_directory("usr");
  const Location location = resolve("usr/share/doc");
  EXPECT_EQ(location.path.text(), "usr/share/doc");
  EXPECT_EQ(location.existing_path.text(), "usr");
  EXPECT_FALSE(location.is_directory());
}

TEST_P(RootTest, FileEndsTheSearchLikeSomethingMissing) {
  make_directory("usr");
  make_file("usr/file");
  for (const std::string text : {"usr/file", "usr/file/below/it"}) {
    const Location location = resolve(text);
    EXPECT_EQ(location.path.text(), text);
    EXPECT_EQ(location.existing_path.text(), "usr");
  }
}

TEST_P(RootTest, LinksStayInsideTheTree) {
  make_directory("a/b");
  make_link("absolute", "/a/b");
  make_link("relative", "a/../a/./b//");
  make_link("climbing", "../../../../../../a/b");
  make_link("a/up", "..");
  make_link("a/b/far-up", "../../../..");
  make_link("root", "/");
  EXPECT_EQ(resolved("absolute"), "a/b");
  EXPECT_EQ(resolved("relative"), "a/b");
  EXPECT_EQ(resolved("climbing"), "a/b");
  EXPECT_EQ(resolved("a/up"), "");
  EXPECT_EQ(resolved("a/b/far-up"), "");
  EXPECT_EQ(resolved("root/a/up/a/b/far-up/climbing"), "a/b");
  EXPECT_TRUE(resolve("climbing").is_directory());
  EXPECT_EQ(resolve("climbing").links, 1U);
}

TEST_P(RootTest, LinkToHostPathsResolvesInside) {
  make_link("host", outside_.string());
  make_link("beside", "../outside");
  const Location host = resolve("host/dir");
  EXPECT_EQ(host.path.text(), outside_.string().substr(1) + "/dir");
  EXPECT_TRUE(host.existing_path.is_root());
  EXPECT_EQ(resolved("beside/dir"), "outside/dir");
}

TEST_P(RootTest, DanglingLinkLeadsToItsTarget) {
  make_link("dangling", "no/such/place");
  const Location location = resolve("dangling/below");
  EXPECT_EQ(location.path.text(), "no/such/place/below");
  EXPECT_TRUE(location.existing_path.is_root());
  EXPECT_EQ(location.links, 1U);
}

TEST_P(RootTest, MissingTailResolvesLexically) {
  make_directory("dir/sub");
  make_file("file");
  make_link("a", "missing/../dir/sub");
  make_link("b", "file/../dir/sub");
  make_link("c", "missing/x/../../../dir/none/../sub");
  make_link("d", "missing/../x");
  EXPECT_EQ(resolved("a"), "dir/sub");
  EXPECT_TRUE(resolve("a").is_directory());
  EXPECT_EQ(resolved("b"), "dir/sub");
  EXPECT_EQ(resolved("c"), "dir/sub");
  EXPECT_EQ(resolved("d"), "x");
}

TEST_P(RootTest, LinkAfterComingBackFromSomethingMissingIsFollowed) {
  make_directory("dir");
  make_link("to-dir", "dir");
  make_link("a", "missing/../to-dir/x");
  EXPECT_EQ(resolved("a"), "dir/x");
}

TEST_P(RootTest, NamesWithDotsAreNames) {
  make_directory("..a/b../...");
  make_link("x", "..a/b../.../..");
  EXPECT_EQ(resolved("..a/b../..."), "..a/b../...");
  EXPECT_EQ(resolved("x"), "..a/b..");
}

TEST_P(RootTest, AnyBytesAreNames) {
  const std::string name = "\x01\xff \n\\*";
  make_directory(name + "/" + name);
  EXPECT_TRUE(resolve(name + "/" + name).is_directory());
}

TEST_P(RootTest, Follows255LinksAndNoMore) {
  make_directory("end");
  make_link("255", "end");
  for (int i = 254; i >= 0; --i) make_link(std::to_string(i), std::to_string(i + 1));
  EXPECT_EQ(resolved("1"), "end");
  EXPECT_ERROR(unsafe_path, "", root().resolve(path("0")));
}

TEST_P(RootTest, LoopEnds) {
  make_link("a", "b");
  make_link("b", "/a");
  make_link("self", "self/self");
  for (const char* name : {"a", "b/c", "self"}) {
    EXPECT_ERROR(unsafe_path, "", root().resolve(path(name)));
  }
}

TEST_P(RootTest, LongTargetsWork) {
  std::string name;
  for (int i = 0; i < 15; ++i) name += std::string(250, static_cast<char>('a' + i)) + "/";
  make_directory(name);
  make_link("link", name);
  const Location location = resolve("link/more");
  EXPECT_EQ(location.path.text(), name + "more");
  EXPECT_EQ(location.existing_path.text() + "/", name);
}

TEST_P(RootTest, TooLongNameOfSomethingThatCouldExistIsAnError) {
  make_directory("a");
  const std::string name(256, 'x');
  EXPECT_ERROR(invalid_argument, "", root().resolve(path("a/" + name)));
  EXPECT_EQ(resolved("a/missing/" + name), "a/missing/" + name);
}

TEST_P(RootTest, PathsLongerThanTheKernelTakesWork) {
  // Made step by step, because no system call takes such a path.
  const Root tree = root();
  Directory current = tree.directory();
  const std::string name(200, 'n');
  TreePath deep;
  for (int i = 0; i < 100; ++i) {
    current.create_directory(name, 0755);
    current = current.open_directory(name).value();
    deep = deep.child(name);
  }
  current.create_symlink("top", "../../../" + std::string(30, '.') + "/../..");
  current.create_symlink("root", "/");

  const Location location = tree.resolve(deep);
  EXPECT_TRUE(location.is_directory());
  EXPECT_EQ(location.path, deep);
  EXPECT_TRUE(same_object(location.existing.status(), current.status()));
  EXPECT_TRUE(same_object(tree.open_directory(deep)->status(), current.status()));
  EXPECT_EQ(tree.resolve(deep.child("missing")).existing_path, deep);
  EXPECT_TRUE(tree.resolve(deep.child("root")).path.is_root());
  EXPECT_EQ(tree.resolve(deep.child("top")).path, deep.parent().parent().parent().parent());
  TreePath twice = deep.child("root");
  for (int i = 0; i < 100; ++i) twice = twice.child(name);
  EXPECT_EQ(tree.resolve(twice).path, deep);
}

TEST_P(RootTest, ClimbsFarFromDeepPlaces) {
  // Farther up than directories are kept open.
  std::string deep = "0";
  for (int i = 1; i < 100; ++i) deep += "/" + std::to_string(i);
  make_directory(deep);
  std::string up;
  for (int i = 0; i < 90; ++i) up += "../";
  make_link(deep + "/up", up + "10/11");
  make_link(deep + "/down-and-up", up + "10/../10/../../9/../9/10/11");
  std::string expected = "0";
  for (int i = 1; i < 12; ++i) expected += "/" + std::to_string(i);
  EXPECT_EQ(resolved(deep + "/up"), expected);
  EXPECT_TRUE(resolve(deep + "/up").is_directory());
  EXPECT_EQ(resolved(deep + "/down-and-up"), expected);
  EXPECT_TRUE(resolve(deep + "/down-and-up").is_directory());
}

TEST_P(RootTest, SpecialFilesEndTheSearch) {
  ASSERT_EQ(::mkfifo((rootfs_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(resolved("fifo/x"), "fifo/x");
  EXPECT_TRUE(resolve("fifo/x").existing_path.is_root());
}

TEST_P(RootTest, OpenDirectoryWantsNoLinks) {
  make_directory("a/b");
  make_file("a/file");
  make_link("link", "a");
  make_link("a/last", "b");
  EXPECT_TRUE(root().open_directory(path("a/b")));
  EXPECT_TRUE(root().open_directory(path("")));
  for (const char* name : {"link", "link/b", "a/last", "a/file", "a/file/x", "none", "none/x"}) {
    EXPECT_FALSE(root().open_directory(path(name))) << name;
  }
}

TEST_P(RootTest, OpenFileFollowsLinksInside) {
  make_directory("etc");
  make_directory("usr/lib");
  make_file("usr/lib/os-release");
  make_link("etc/os-release", "../usr/lib/os-release");
  make_link("etc/abs", "/etc/os-release");
  make_link("etc/secret", (outside_ / "secret").string());
  make_link("etc/up", "../../outside/secret");
  std::string text(18, '\0');
  const std::optional<UniqueFd> file = root().open_file(path("etc/abs"));
  ASSERT_TRUE(file);
  EXPECT_EQ(::read(file->get(), text.data(), text.size()), 18);
  EXPECT_EQ(text, "usr/lib/os-release");
  for (const char* name : {"etc/secret", "etc/up", "none", "etc/none", "usr/lib/os-release/x"}) {
    EXPECT_FALSE(root().open_file(path(name))) << name;
  }
}

TEST_P(RootTest, OpenFileOpensNothingButFiles) {
  make_directory("etc");
  // Opening this one for real would block.
  ASSERT_EQ(::mkfifo((rootfs_ / "etc/passwd").c_str(), 0600), 0);
  make_link("to-fifo", "etc/passwd");
  for (const char* name : {"etc/passwd", "to-fifo", "etc", ""}) {
    SCOPED_TRACE(name);
    EXPECT_ERROR(invalid_data, "", root().open_file(path(name)));
  }
}

TEST_P(RootTest, OpenWantsADirectory) {
  make_file("file");
  const RootOptions options{.lookup = GetParam()};
  EXPECT_ERROR(invalid_argument, "\"", Root::open(rootfs_ / "file", options));
  EXPECT_ERROR(not_found, "none", Root::open(rootfs_ / "none", options));
}

TEST_P(RootTest, UsersOwnLinkToTheRootIsFollowed) {
  make_directory("a");
  stdfs::create_directory_symlink(rootfs_, directory_ / "link");
  EXPECT_TRUE(
      Root::open(directory_ / "link", {.lookup = GetParam()}).resolve(path("a")).is_directory());
}

/// layers.md 1.5 word by word, on path strings: right as long as nobody else is at work.
class ModelOfResolution {
 public:
  explicit ModelOfResolution(stdfs::path root) : root_(std::move(root)) {}

  /// nullopt: too many links.
  std::optional<std::string> resolve(std::string rest) {
    stdfs::path current = "/";
    int links = 0;
    while (!rest.empty()) {
      const std::size_t slash = rest.find('/');
      const std::string component = rest.substr(0, slash);
      rest = slash == std::string::npos ? "" : rest.substr(slash + 1);
      const stdfs::path next = (current / component).lexically_normal();
      std::error_code failure;
      const stdfs::path target = stdfs::read_symlink(root_ / next.relative_path(), failure);
      if (failure || component.empty() || component == "." || component == "..") {
        current = next;
        continue;
      }
      if (++links > 255) return std::nullopt;
      rest.insert(0, target.string() + "/");
      if (target.is_absolute()) current = "/";
    }
    return TreePath::clean(current.string()).text();
  }

 private:
  stdfs::path root_;
};

TEST_P(RootTest, AgreesWithTheModelOnRandomTrees) {
  std::mt19937 random(20240229);
  const auto pick = [&](std::initializer_list<const char*> choices) {
    return std::string(choices.begin()[random() % choices.size()]);
  };
  const auto random_path = [&](std::size_t most) {
    std::string text;
    for (std::size_t i = 0, count = 1 + random() % most; i < count; ++i) {
      text += pick({"a", "b", "c", "d", "..", ".", "a", "b"}) + pick({"/", "/", "//"});
    }
    return text;
  };
  for (int round = 0; round < 30; ++round) {
    stdfs::remove_all(rootfs_);
    stdfs::create_directories(rootfs_);
    for (int i = 0; i < 25; ++i) {
      const stdfs::path name = rootfs_ / path(random_path(3)).text() / pick({"a", "b", "c", "d"});
      std::error_code ignored;
      switch (random() % 4) {
        case 0:
        case 1:
          stdfs::create_directories(name, ignored);
          break;
        case 2:
          stdfs::create_symlink(pick({"", "/", "../"}) + random_path(5), name, ignored);
          break;
        default:
          if (!stdfs::exists(stdfs::symlink_status(name, ignored))) std::ofstream{name};
      }
    }
    for (int i = 0; i < 20; ++i) {
      const TreePath wanted = path(random_path(6));
      const auto expected = ModelOfResolution(rootfs_).resolve(wanted.text());
      if (!expected) {
        EXPECT_ERROR(unsafe_path, "", root().resolve(wanted));
        continue;
      }
      const Location location = resolve(wanted.text());
      ASSERT_EQ(location.path.text(), *expected) << wanted.text();
      ASSERT_TRUE(location.path.is_within(location.existing_path));
      ASSERT_EQ(location.is_directory(),
                stdfs::is_directory(stdfs::symlink_status(rootfs_ / *expected)));

      // The kernel's own answer, where it has one.
      open_how how{};
      how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
      how.resolve = RESOLVE_IN_ROOT;
      const UniqueFd found(static_cast<int>(::syscall(SYS_openat2, root().directory().fd(),
                                                      wanted.text().c_str(), &how, sizeof how)));
      struct stat status{};
      if (found && ::fstat(found.get(), &status) == 0) {
        ASSERT_TRUE(location.is_directory());
        ASSERT_TRUE(same_object(location.existing.status(), status));
      }
    }
  }
}

}  // namespace
}  // namespace umoci::fs
