// SPDX-License-Identifier: Apache-2.0
// Somebody swaps directories for links while we work. Whatever happens in the tree, nothing may
// happen beside it.
#include <umoci/base/error.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <thread>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;
using tree::TreePath;

constexpr auto duration = std::chrono::milliseconds(400);

/// Exchanges two names again and again, until it goes.
class Swapper {
 public:
  Swapper(stdfs::path a, stdfs::path b)
      : a_(std::move(a)), b_(std::move(b)), thread_([this] { run(); }) {}
  Swapper(const Swapper&) = delete;
  Swapper& operator=(const Swapper&) = delete;
  ~Swapper() {
    stop_ = true;
    thread_.join();
  }

 private:
  void run() {
    while (!stop_) ::renameat2(AT_FDCWD, a_.c_str(), AT_FDCWD, b_.c_str(), RENAME_EXCHANGE);
  }

  stdfs::path a_;
  stdfs::path b_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

class RaceTest : public testing::TestWithParam<Lookup> {
 protected:
  RaceTest() {
    stdfs::create_directories(rootfs_ / "dir/sub");
    stdfs::create_directories(outside_ / "sub/below");
    test::write_file(rootfs_ / "dir/sub/file", "inside");
    test::write_file(outside_ / "sub/file", "secret");
    test::write_file(outside_ / "sub/below/file", "secret");
    canary_ = look_outside();
  }

  /// Everything about the canary but the times of last access.
  [[nodiscard]] std::set<std::string> look_outside() const {
    std::set<std::string> seen;
    const auto look = [&](const stdfs::path& path) {
      struct stat status{};
      EXPECT_EQ(::lstat(path.c_str(), &status), 0);
      seen.insert(path.string() + " " + std::to_string(status.st_mode) + " " +
                  std::to_string(status.st_ino) + " " + std::to_string(status.st_nlink) + " " +
                  std::to_string(status.st_uid) + " " + std::to_string(status.st_size) + " " +
                  std::to_string(status.st_ctim.tv_sec) + "." +
                  std::to_string(status.st_ctim.tv_nsec));
    };
    look(outside_);
    for (const auto& entry : stdfs::recursive_directory_iterator(outside_)) look(entry.path());
    return seen;
  }

  /// Repeats `fn` while `link` and the directory change places; errors are what it may get.
  void race(const std::string& target, const std::function<void(const Root&)>& fn) {
    stdfs::create_directory_symlink(target, rootfs_ / "link");
    const Root root = Root::open(rootfs_, {.lookup = GetParam()});
    int done = 0;
    {
      const Swapper swapper(rootfs_ / "dir", rootfs_ / "link");
      const auto end = std::chrono::steady_clock::now() + duration;
      while (std::chrono::steady_clock::now() < end) {
        try {
          fn(root);
          ++done;
        } catch (const Error&) {
          ++failed_;
        }
      }
    }
    EXPECT_GT(done, 0);
    EXPECT_EQ(look_outside(), canary_);
  }

  test::TemporaryDirectory path_;
  stdfs::path rootfs_ = path_ / "rootfs";
  stdfs::path outside_ = path_ / "outside";
  std::set<std::string> canary_;
  int failed_ = 0;
};

INSTANTIATE_TEST_SUITE_P(, RaceTest, testing::Values(Lookup::openat2, Lookup::component_walk),
                         [](const auto& instance) {
                           return instance.param == Lookup::openat2 ? "Openat2" : "ComponentWalk";
                         });

TEST_P(RaceTest, CreationStaysInside) {
  int number = 0;
  race("../outside", [&](const Root& root) {
    const Location location = root.resolve(TreePath::clean("dir/sub"));
    const std::string name = std::to_string(++number);
    static_cast<void>(location.existing.create_file(name, 0600));
    location.existing.apply(name, {.mode = 0640, .mtime = Time{.seconds = 1}});
    location.existing.create_directory(name + "d", 0700);
    location.existing.remove(name);
    location.existing.remove(name + "d");
  });
}

TEST_P(RaceTest, RemovalStaysInside) {
  const std::string target = outside_.string();
  race(target, [&](const Root& root) {
    const Directory& top = root.directory();
    top.remove("dir");
    // Whichever of the two it was.
    if (top.status("link") && S_ISLNK(top.status("link")->st_mode))
      top.create_directory("dir", 0755);
    else
      top.create_symlink("dir", target);
    for (const char* name : {"dir", "link"}) {
      const auto dir = top.open_directory(name);
      if (!dir) continue;
      dir->create_directory("sub", 0755);
      const Directory sub = dir->open_directory("sub").value();
      static_cast<void>(sub.create_file("file", 0600));
      sub.apply({.mode = 0711});
    }
  });
}

TEST_P(RaceTest, ReadingStaysInside) {
  race("../outside", [&](const Root& root) {
    if (const auto file = root.open_file(TreePath::clean("dir/sub/file"))) {
      char text[7] = {};
      EXPECT_EQ(::read(file->get(), text, 6), 6);
      EXPECT_STREQ(text, "inside");
    }
    Walker walker(root);
    while (const tree::Entry* entry = walker.next()) {
      if (entry->path.name() == "file") {
        EXPECT_EQ(io::read_all(walker.content(), 100), "inside");
      }
      EXPECT_NE(entry->path.name(), "below");
    }
  });
}

}  // namespace
}  // namespace umoci::fs
