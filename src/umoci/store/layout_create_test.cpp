// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/layout.hpp>

#include <umoci_test/child_process.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace umoci::store {
namespace {

using std::filesystem::path;

mode_t mode_of(const path& name) {
  struct stat status{};
  EXPECT_EQ(::lstat(name.c_str(), &status), 0) << name;
  return status.st_mode & 07777U;
}

std::size_t entries_in(const path& directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

class LayoutCreate : public testing::Test {
 protected:
  test::TemporaryDirectory directory_;
};

TEST_F(LayoutCreate, WritesExactlyTheseFiles) {
  const path layout = directory_ / "layout";
  Layout::create(layout);
  EXPECT_EQ(test::read_file(layout / "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}\n");
  EXPECT_EQ(test::read_file(layout / "index.json"),
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
            "\"manifests\":[]}\n");
  EXPECT_TRUE(std::filesystem::is_directory(layout / "blobs/sha256"));
  EXPECT_EQ(entries_in(layout), 3U);
  EXPECT_EQ(entries_in(layout / "blobs"), 1U);
  EXPECT_EQ(entries_in(layout / "blobs/sha256"), 0U);
  EXPECT_EQ(entries_in(directory_.path()), 1U);
  EXPECT_TRUE(Layout::open(layout).read_index().manifests.empty());
}

TEST_F(LayoutCreate, HeedsTheUmask) {
  for (const mode_t mask : {022U, 027U, 077U, 0U}) {
    const path layout = directory_ / std::to_string(mask);
    const mode_t old = ::umask(mask);
    Layout::create(layout);
    ::umask(old);
    EXPECT_EQ(mode_of(layout), 0755U & ~mask);
    EXPECT_EQ(mode_of(layout / "blobs"), 0755U & ~mask);
    EXPECT_EQ(mode_of(layout / "blobs/sha256"), 0755U & ~mask);
    EXPECT_EQ(mode_of(layout / "index.json"), 0666U & ~mask);
    EXPECT_EQ(mode_of(layout / "oci-layout"), 0666U & ~mask);
  }
}

// D-03
TEST_F(LayoutCreate, IgnoresSlashesAtTheEnd) {
  Layout::create(directory_ / "a/");
  Layout::create(directory_ / "b//");
  Layout::create(directory_ / "c/.");
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_NO_THROW(static_cast<void>(Layout::open(directory_ / name))) << name;
  }
  EXPECT_EQ(entries_in(directory_.path()), 3U);
}

TEST_F(LayoutCreate, MakesMissingParents) {
  Layout::create(directory_ / "x/y/z");
  EXPECT_NO_THROW(static_cast<void>(Layout::open(directory_ / "x/y/z")));
  EXPECT_EQ(mode_of(directory_ / "x") & 0700U, 0700U);
}

TEST_F(LayoutCreate, RelativePathsStartAtTheWorkingDirectory) {
  const std::string result = test::in_child([&] {
    if (::chdir(directory_.path().c_str()) != 0) return "chdir";
    Layout::create("here");
    Layout::create("sub/there");
    return "done";
  });
  EXPECT_EQ(result, "done");
  EXPECT_NO_THROW(static_cast<void>(Layout::open(directory_ / "here")));
  EXPECT_NO_THROW(static_cast<void>(Layout::open(directory_ / "sub/there")));
}

TEST_F(LayoutCreate, TouchesNothingThatExists) {
  std::filesystem::create_directory(directory_ / "empty");
  test::write_file(directory_ / "file", "content");
  std::filesystem::create_symlink("nowhere", directory_ / "dangling");
  Layout::create(directory_ / "layout");
  for (const char* name : {"empty", "file", "dangling", "layout", "empty/", "."}) {
    EXPECT_ERROR(already_exists, "path already exists", Layout::create(directory_ / name));
  }
  EXPECT_EQ(entries_in(directory_ / "empty"), 0U);
  EXPECT_EQ(test::read_file(directory_ / "file"), "content");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "nowhere"));
  EXPECT_EQ(entries_in(directory_.path()), 4U);
}

TEST_F(LayoutCreate, RejectsAnEmptyPath) {
  EXPECT_ERROR(invalid_argument, "path is empty", Layout::create(""));
}

TEST_F(LayoutCreate, LeavesNothingBehindOnFailure) {
  test::write_file(directory_ / "file", "content");
  EXPECT_ERROR(io, "Not a directory", Layout::create(directory_ / "file/layout"));
  // Parents are made before the name turns out to be too long.
  const std::string long_name(300, 'x');
  EXPECT_ERROR(invalid_argument, "", Layout::create(directory_ / ("p/q/" + long_name)));
  EXPECT_EQ(entries_in(directory_.path()), 1U);
}

TEST_F(LayoutCreate, LeavesNothingBehindOnAFullDisk) {
  if (!test::can_mount()) GTEST_SKIP() << "needs the right to mount";
  const std::string result = test::in_child([&]() -> std::string {
    if (!test::enter_mount_namespace()) return "unshare";
    const path mounted = directory_.path();
    // Room for some of the seven inodes that a layout below two new parents takes.
    for (int inodes = 2; inodes <= 7; ++inodes) {
      const std::string options = "nr_inodes=" + std::to_string(inodes);
      if (::mount("tmpfs", mounted.c_str(), "tmpfs", 0, options.c_str()) != 0) return "mount";
      const auto outcome =
          test::outcome_of([&] { Layout::create(mounted / "a" / "b" / "layout"); });
      if (!outcome.is(ErrorKind::no_space)) return options + ": " + outcome.text;
      if (entries_in(mounted) != 0) return options + " left something behind";
      if (::umount2(mounted.c_str(), MNT_DETACH) != 0) return "umount";
    }
    return "done";
  });
  EXPECT_EQ(result, "done");
}

TEST_F(LayoutCreate, UmociAcceptsIt) {
  if (!test::has_program("umoci")) GTEST_SKIP() << "umoci is not installed";
  const std::string layout = directory_ / "layout";
  Layout::create(layout);
  const auto made = test::run_program({"umoci", "new", "--image", layout + ":tag"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(test::run_program({"umoci", "ls", "--layout", layout}).out, "tag\n");
}

}  // namespace
}  // namespace umoci::store
