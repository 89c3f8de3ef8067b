// SPDX-License-Identifier: Apache-2.0
// What happens where the kernel, or somebody's filter in front of it, lacks a system call, and
// where /proc is not mounted.
#include <umoci/base/error.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/io/source.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;
using testing::ElementsAre;
using testing::Pair;
using tree::TreePath;

// Counted from the newest call the headers know.
constexpr long fchmodat2_number = SYS_openat2 + 15;
constexpr long first_xattr_number = SYS_openat2 + 26;

class KernelTest : public testing::TestWithParam<int> {
 protected:
  KernelTest() {
    stdfs::create_directories(path_ / "dir/sub");
    stdfs::create_symlink("/dir", path_ / "link");
    test::write_file(path_ / "file", "content");
    ::mkfifo((path_ / "fifo").c_str(), 0600);
    ::setxattr((path_ / "file").c_str(), "user.a", "1", 1, 0);
  }

  [[nodiscard]] Root root() const { return Root::open(path_.path()); }

  test::TemporaryDirectory path_;
};

INSTANTIATE_TEST_SUITE_P(, KernelTest, testing::Values(ENOSYS, EPERM), [](const auto& instance) {
  return instance.param == ENOSYS ? "OldKernel" : "Filter";
});

TEST_P(KernelTest, WithoutOpenat2) {
  test::in_child_process([&] {
    test::forbid_system_calls({SYS_openat2}, GetParam());
    EXPECT_EQ(root().resolve(TreePath::clean("link/sub/new")).path.text(), "dir/sub/new");
    EXPECT_TRUE(root().open_directory(TreePath::clean("dir/sub")));
    EXPECT_FALSE(root().open_directory(TreePath::clean("link/sub")));
    try {
      static_cast<void>(Root::open(path_.path(), {.lookup = Lookup::openat2}));
      ADD_FAILURE() << "openat2 is not there";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    }
  });
}

void expect_metadata_works(const Directory& directory) {
  const Metadata metadata{.mode = 0711, .mtime = Time{.seconds = 5}};
  for (const char* name : {"dir", "file", "fifo"}) {
    directory.apply(name, metadata);
    EXPECT_EQ(directory.status(name)->st_mode & 07777U, 0711U) << name;
    EXPECT_EQ(directory.status(name)->st_mtim.tv_sec, 5) << name;
  }
  const Directory opened = directory.open_directory("dir").value();
  opened.apply({.mode = 0700});
  EXPECT_EQ(opened.status().st_mode & 07777U, 0700U);
  EXPECT_THAT(directory.xattrs("file"), ElementsAre(Pair("user.a", "1")));
}

TEST_P(KernelTest, WithoutNewCallsForMetadata) {
  test::in_child_process([&] {
    test::forbid_system_calls({fchmodat2_number, first_xattr_number, first_xattr_number + 1,
                               first_xattr_number + 2, first_xattr_number + 3},
                              GetParam());
    expect_metadata_works(root().directory());
  });
}

class ProcTest : public KernelTest {
 protected:
  /// Runs `fn` where /proc is an empty directory.
  static void without_proc(const std::function<void()>& fn) {
    test::in_child_process([&] {
      if (!test::enter_mount_namespace() ||
          ::mount("none", "/proc", "tmpfs", MS_RDONLY, nullptr) != 0) {
        GTEST_SKIP() << "only root may mount";
      }
      fn();
    });
  }
};

INSTANTIATE_TEST_SUITE_P(, ProcTest, testing::Values(ENOSYS),
                         [](const auto&) { return "Missing"; });

TEST_P(ProcTest, FilesAreOpened) {
  without_proc([&] {
    io::FileSource content(root().directory().open_file("file"));
    EXPECT_EQ(io::read_all(content, 100), "content");
    try {
      static_cast<void>(root().directory().open_file("fifo"));
      ADD_FAILURE() << "opened a fifo";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    }
  });
}

TEST_P(ProcTest, NewKernelsNeedItNot) {
  without_proc([&] {
    if (::syscall(first_xattr_number, -1, "", 0, "", nullptr, 0) != 0 && errno == ENOSYS) {
      GTEST_SKIP() << "needs Linux 6.13";
    }
    expect_metadata_works(root().directory());
  });
}

TEST_P(ProcTest, NothingIsLostSilently) {
  without_proc([&] {
    test::forbid_system_calls({fchmodat2_number, first_xattr_number, first_xattr_number + 1,
                               first_xattr_number + 2, first_xattr_number + 3},
                              ENOSYS);
    const Directory directory = root().directory();
    EXPECT_THROW(static_cast<void>(directory.xattrs("file")), Error);
    EXPECT_THROW(directory.apply("dir", {.mode = 0700}), Error);
    EXPECT_THROW(directory.apply("file", {.xattrs = XattrChange{}}), Error);
  });
}

}  // namespace
}  // namespace umoci::fs
