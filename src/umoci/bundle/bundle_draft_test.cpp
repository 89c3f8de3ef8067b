// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/bundle_draft.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>
#include <umoci/fs/metadata.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

namespace umoci::bundle {
namespace {

namespace stdfs = std::filesystem;

const digest::Digest some_digest("sha256:" + std::string(64, 'a'));
const BundleTexts texts{.runtime_config = "config", .mtree = "tree", .meta = "meta"};

class BundleDraftTest : public testing::Test {
 protected:
  [[nodiscard]] BundlePaths paths(const stdfs::path& name) const {
    return {directory_.path() / name};
  }

  static BundleDraft draft(const BundlePaths& paths) {
    return BundleDraft(paths, some_digest, fs::Access::as_granted);
  }

  static void write_file(const BundleDraft& draft, std::string_view name) {
    const UniqueFd fd = draft.rootfs().directory().create_file(name, 0644);
    EXPECT_TRUE(fd);
  }

  /// Names of everything below the temporary directory.
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : stdfs::recursive_directory_iterator(directory_.path())) {
      found.insert(entry.path().lexically_relative(directory_.path()));
    }
    return found;
  }

  static mode_t mode_of(const stdfs::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
  }

  static std::string content_of(const stdfs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  test::TemporaryDirectory directory_;
};

TEST_F(BundleDraftTest, publishes_everything_under_its_final_name) {
  const BundlePaths bundle = paths("a/b");
  {
    BundleDraft unpacked = draft(bundle);
    write_file(unpacked, "file");
    unpacked.publish(texts);
  }
  const std::string mtree = "sha256_" + std::string(64, 'a') + ".mtree";
  EXPECT_EQ(names(), (std::set<std::string>{"a", "a/b", "a/b/config.json", "a/b/rootfs",
                                            "a/b/rootfs/file", "a/b/umoci.json", "a/b/" + mtree}));
  EXPECT_EQ(content_of(bundle.runtime_config()), "config");
  EXPECT_EQ(content_of(bundle.meta()), "meta");
  EXPECT_EQ(content_of(bundle.mtree(some_digest)), "tree");
  EXPECT_EQ(mode_of(bundle.directory), 0700U);
}

TEST_F(BundleDraftTest, leaves_nothing_if_it_is_not_published) {
  {
    BundleDraft abandoned = draft(paths("a/b/c/"));
    write_file(abandoned, "file");
    abandoned.rootfs().directory().create_directory("x", 0755);
  }
  EXPECT_EQ(names(), std::set<std::string>{});
}

TEST_F(BundleDraftTest, leaves_a_directory_that_was_there_as_it_was) {
  const BundlePaths bundle = paths("old");
  stdfs::create_directory(bundle.directory);
  ::chmod(bundle.directory.c_str(), 0751);
  std::ofstream(bundle.directory / "mine") << "kept";
  {
    BundleDraft abandoned = draft(bundle);
    EXPECT_EQ(mode_of(bundle.directory), 0700U);
  }
  EXPECT_EQ(names(), (std::set<std::string>{"old", "old/mine"}));
  EXPECT_EQ(mode_of(bundle.directory), 0751U);
}

TEST_F(BundleDraftTest, refuses_what_holds_a_bundle_and_touches_nothing) {
  const BundlePaths bundle = paths("old");
  for (const auto& taken : {bundle.rootfs(), bundle.runtime_config(), bundle.mtree(some_digest)}) {
    stdfs::create_directories(taken);
    std::ofstream(taken / "precious") << "kept";
    ::chmod(bundle.directory.c_str(), 0755);
    EXPECT_THROW(draft(bundle), Error);
    EXPECT_EQ(content_of(taken / "precious"), "kept");
    EXPECT_EQ(mode_of(bundle.directory), 0755U);
    stdfs::remove_all(bundle.directory);
  }
}

TEST_F(BundleDraftTest, replaces_and_removes_nothing_that_appeared_meanwhile) {
  const BundlePaths bundle = paths("new");
  for (const auto& taken : {bundle.rootfs(), bundle.runtime_config(), bundle.mtree(some_digest)}) {
    {
      BundleDraft late = draft(bundle);
      // A file replaces a file, a directory an empty one, if it may.
      if (taken == bundle.rootfs()) {
        stdfs::create_directory(taken);
      } else {
        std::ofstream(taken) << "theirs";
      }
      EXPECT_THROW(late.publish(texts), Error) << taken;
    }
    EXPECT_EQ(names(), (std::set<std::string>{"new", "new/" + taken.filename().native()}));
    if (taken != bundle.rootfs()) {
      EXPECT_EQ(content_of(taken), "theirs");
    }
    stdfs::remove_all(bundle.directory);
  }
}

TEST_F(BundleDraftTest, closes_a_directory_that_was_there_for_good_when_it_is_published) {
  const BundlePaths bundle = paths("old");
  stdfs::create_directory(bundle.directory);
  ::chmod(bundle.directory.c_str(), 0755);
  draft(bundle).publish(texts);
  EXPECT_EQ(mode_of(bundle.directory), 0700U);
}

TEST_F(BundleDraftTest, refuses_a_dangling_link_in_the_place_of_a_part) {
  const BundlePaths bundle = paths("old");
  stdfs::create_directory(bundle.directory);
  stdfs::create_symlink("nowhere", bundle.rootfs());
  EXPECT_THROW(draft(bundle), Error);
  EXPECT_TRUE(stdfs::is_symlink(bundle.rootfs()));
}

TEST_F(BundleDraftTest, takes_back_what_it_published_before_a_failure) {
  const BundlePaths bundle = paths("new");
  {
    BundleDraft failing = draft(bundle);
    // A directory of that name: the last rename fails.
    stdfs::create_directory(bundle.meta());
    EXPECT_THROW(failing.publish(texts), Error);
  }
  EXPECT_EQ(names(), (std::set<std::string>{"new", "new/umoci.json"}));
}

TEST_F(BundleDraftTest, holds_on_to_the_directory_it_opened) {
  const BundlePaths bundle = paths("new");
  stdfs::create_directory(directory_.path() / "elsewhere");
  {
    BundleDraft moved = draft(bundle);
    stdfs::rename(bundle.directory, directory_.path() / "away");
    stdfs::create_directory_symlink("elsewhere", bundle.directory);
    write_file(moved, "file");
    moved.publish(texts);
  }
  EXPECT_TRUE(stdfs::is_empty(directory_.path() / "elsewhere"));
  EXPECT_TRUE(stdfs::exists(directory_.path() / "away/rootfs/file"));
  EXPECT_TRUE(stdfs::exists(directory_.path() / "away/umoci.json"));
}

TEST_F(BundleDraftTest, a_directory_of_somebody_else_is_roots_until_it_is_done) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const BundlePaths bundle = paths("theirs");
  stdfs::create_directory(bundle.directory);
  ASSERT_EQ(::chown(bundle.directory.c_str(), 65534, 65534), 0);
  const auto owner = [&] {
    struct stat status{};
    EXPECT_EQ(::stat(bundle.directory.c_str(), &status), 0);
    return status.st_uid;
  };
  {
    BundleDraft abandoned = draft(bundle);
    EXPECT_EQ(owner(), 0U);
  }
  EXPECT_EQ(owner(), 65534U);
  {
    BundleDraft published = draft(bundle);
    published.publish(texts);
  }
  EXPECT_EQ(owner(), 65534U);
}

TEST_F(BundleDraftTest, is_closed_and_its_parents_are_not_writable_whatever_the_umask) {
  for (const mode_t mask : {0U, 0022U, 0777U}) {
    const std::string name = "umask-" + std::to_string(mask);
    const mode_t old = ::umask(mask);
    {
      BundleDraft unpacked = draft(paths(name + "/a/b/"));
      unpacked.publish(texts);
    }
    ::umask(old);
    EXPECT_EQ(mode_of(directory_.path() / name / "a/b"), 0700U);
    EXPECT_EQ(mode_of(directory_.path() / name / "a/b/rootfs"), 0700U);
    EXPECT_EQ(mode_of(directory_.path() / name / "a"), mask == 0777U ? 0700U : 0755U);
  }
}

TEST_F(BundleDraftTest, an_ordinary_user_may_close_what_is_in_it) {
  test::as_plain_user(directory_.path(), [&] {
    for (const bool published : {true, false}) {
      const BundlePaths bundle = paths(published ? "kept" : "dropped");
      {
        BundleDraft unpacked = draft(bundle);
        const fs::Directory& rootfs = unpacked.rootfs().directory();
        rootfs.create_directory("closed", 0700);
        rootfs.open_directory("closed")->create_directory("inside", 0700);
        ASSERT_EQ(::fchmodat(rootfs.fd(), "closed", 0, 0), 0);
        fs::Metadata metadata;
        metadata.mode = 0555;
        rootfs.apply(metadata);
        if (published) unpacked.publish(texts);
      }
      EXPECT_EQ(stdfs::exists(bundle.directory), published);
    }
    EXPECT_EQ(mode_of(paths("kept").rootfs()), 0555U);
    ::chmod(paths("kept").rootfs().c_str(), 0700);
    ::chmod((paths("kept").rootfs() / "closed").c_str(), 0700);
  });
}

TEST_F(BundleDraftTest, removes_what_a_killed_process_left) {
  const auto bundle = directory_.path() / "bundle";
  for (const char* name :
       {".umoci-unpack-0123456789/etc", ".umoci-unpack-mine", ".umoci-unpack-0"}) {
    stdfs::create_directories(bundle / name);
  }
  {
    const BundleDraft living = draft(paths("bundle"));
    const BundleDraft second = draft(paths("bundle"));
    EXPECT_FALSE(stdfs::exists(bundle / ".umoci-unpack-0123456789"));
    // The others, and those of the living.
    EXPECT_EQ(std::distance(stdfs::directory_iterator(bundle), {}), 4);
  }
  EXPECT_EQ(names(), (std::set<std::string>{"bundle", "bundle/.umoci-unpack-0",
                                            "bundle/.umoci-unpack-mine"}));
}

TEST_F(BundleDraftTest, does_not_take_a_file_for_a_directory) {
  std::ofstream(directory_.path() / "file") << "kept";
  EXPECT_THROW(draft(paths("file")), Error);
  EXPECT_THROW(draft(paths("file/below")), Error);
  EXPECT_EQ(content_of(directory_.path() / "file"), "kept");
}

}  // namespace
}  // namespace umoci::bundle
