// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/rootless_owner.hpp>
#include <umoci/layer/user_namespace.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace umoci::layer::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using tree::EntryType;
using tree::TreePath;

constexpr uid_t nobody = 65534;

/// Runs `test` in a process of its own after `prepare`; its expectations count here.
void in_child(const std::function<bool()>& prepare, const std::function<void()>& test) {
  constexpr int failed = 1;
  constexpr int unavailable = 77;
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    int status = unavailable;
    try {
      if (prepare()) {
        test();
        status = testing::Test::HasFailure() ? failed : 0;
      }
    } catch (const std::exception& error) {
      std::printf("%s\n", error.what());
      status = failed;
    }
    std::fflush(nullptr);
    ::_exit(status);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << status;
  if (WEXITSTATUS(status) == unavailable) GTEST_SKIP() << "such a process cannot be made here";
  EXPECT_EQ(WEXITSTATUS(status), 0) << "see above";
}

void as_plain_user(const std::function<void()>& test) {
  in_child(
      [] {
        return ::geteuid() != 0 ||
               (::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
                ::setresuid(nobody, nobody, nobody) == 0);
      },
      test);
}

bool write_text(const char* path, const std::string& text) {
  const UniqueFd file(::open(path, O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// As the only user of a user namespace.
void in_namespace_of_one(const std::function<void()>& test) {
  in_child(
      [] {
        const std::string map = "0 " + std::to_string(::geteuid()) + " 1\n";
        const std::string group_map = "0 " + std::to_string(::getegid()) + " 1\n";
        return ::unshare(CLONE_NEWUSER) == 0 && write_text("/proc/self/setgroups", "deny") &&
               write_text("/proc/self/uid_map", map) && write_text("/proc/self/gid_map", group_map);
      },
      test);
}

ExtractOptions rootless() {
  return {.ownership = {.uids = IdMap({{0, ::geteuid(), 1}}),
                        .gids = IdMap({{0, ::getegid(), 1}}),
                        .rootless = true}};
}

constexpr fs::RootOptions helped{.access = fs::Access::grant_to_owner};

TEST(PlainUser, UnpacksTreesThatAreClosedToTheirOwner) {
  as_plain_user([] {
    Extraction extraction(rootless(), helped);
    extraction.apply({{directory("d").mode(0), file("d/f", "x").mode(0),
                       directory("d/e").mode(0111).mtime(5), file("d/e/g", "y").mode(0400)}});
    EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0U);
    // Again, from above and from below.
    extraction.apply(
        {{file("d/e/h", "z").mode(0222), whiteout("d/f"), hard_link("d/e/i", "d/e/g")}});
    EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0U);
    EXPECT_EQ(extraction.found("d").mtime, 1000);
    ASSERT_EQ(::chmod((extraction / "d").c_str(), 0700), 0);
    EXPECT_FALSE(extraction.exists("d/f"));
    EXPECT_EQ(extraction.found("d/e").mode, S_IFDIR | 0111U);
    EXPECT_EQ(extraction.found("d/e").mtime, 5);
    ASSERT_EQ(::chmod((extraction / "d/e").c_str(), 0700), 0);
    EXPECT_EQ(extraction.found("d/e/i").content, "y");
    ASSERT_EQ(::chmod((extraction / "d/e/h").c_str(), 0600), 0);
    EXPECT_EQ(extraction.found("d/e/h").content, "z");
  });
}

TEST(PlainUser, RecordsOwnersInAnAttribute) {
  as_plain_user([] {
    Extraction extraction(rootless(), helped);
    extraction.apply(
        {{file("none", "x"), file("f", "x").owner(5, 6).mode(0),
          file("g", "x").owner(0, 1000).mode(0444), directory("d").owner(9, 0).mode(0555),
          symlink("l", "f").owner(5, 5), item(EntryType::fifo, "p", 0600).owner(5, 5),
          file("lie", "x").xattr("user.rootlesscontainers", encode_rootless_owner({1, 1}))}});
    const auto recorded = [&](std::string_view name) -> std::string {
      // A user reads attributes of own files only while they are readable.
      if (S_ISREG(extraction.found("none").mode)) ::chmod((extraction / name).c_str(), 0700);
      return xattrs_at(extraction / name)["user.rootlesscontainers"];
    };
    EXPECT_EQ(recorded("none"), "");
    EXPECT_EQ(recorded("f"), encode_rootless_owner({5, 6}));
    EXPECT_EQ(recorded("g"), encode_rootless_owner({0, 1000}));
    EXPECT_EQ(recorded("d"), encode_rootless_owner({9, 0}));
    EXPECT_EQ(recorded("lie"), "");
    EXPECT_THAT(extraction.log.warnings(), testing::ElementsAre(HasSubstr("path=/lie")));
  });
}

TEST(PlainUser, GetsFilesInsteadOfDevices) {
  as_plain_user([] {
    Extraction extraction(rootless(), helped);
    extraction.apply({{device(EntryType::char_device, "null", 1, 3).mode(0666).owner(0, 6),
                       item(EntryType::fifo, "p", 0622)}});
    EXPECT_EQ(extraction.found("null").mode, S_IFREG | 0666U);
    EXPECT_EQ(extraction.found("null").content, "");
    EXPECT_EQ(extraction.found("null").xattrs["user.rootlesscontainers"],
              encode_rootless_owner({0, 6}));
    EXPECT_EQ(extraction.found("null").mtime, 1000);
    EXPECT_EQ(extraction.found("p").mode, S_IFIFO | 0622U);
    EXPECT_THAT(extraction.log.warnings(), testing::ElementsAre(HasSubstr("path=/null")));
  });
}

TEST(PlainUser, DoesWithoutAttributesOfRoot) {
  as_plain_user([] {
    Extraction extraction(rootless(), helped);
    extraction.apply({{file("f", "x").xattr("trusted.a", "1").xattr("user.b", "2"),
                       directory("d").xattr("security.c", "3")}});
    EXPECT_EQ(extraction.found("f").xattrs, (std::map<std::string, std::string>{{"user.b", "2"}}));
    EXPECT_THAT(extraction.log.warnings(),
                testing::ElementsAre(HasSubstr("trusted.a"), HasSubstr("security.c")));
  });
}

TEST(PlainUser, FailsWithoutRootless) {
  as_plain_user([] {
    Extraction extraction;
    EXPECT_THROW(extraction.apply({{file("f").owner(::geteuid() + 1, 0)}}), Error);
    EXPECT_THROW(
        extraction.apply(
            {{device(EntryType::char_device, "null", 1, 3).owner(::geteuid(), ::getegid())}}),
        Error);
  });
}

TEST(PlainUser, PacksWhatIsClosedToTheOwner) {
  as_plain_user([] {
    Extraction extraction(rootless(), helped);
    extraction.apply({{directory("d").mode(0).owner(3, 4),
                       file("d/f", "x").mode(0).owner(5, 6).xattr("user.a", "1")}});
    const std::vector<mtree::Delta> changes{
        {.path = TreePath::clean("d"), .type = EntryType::directory},
        {.path = TreePath::clean("d/f")}};
    tree::MemoryTree layer;
    write_changeset(changes, fs::Root::open(extraction.path(), helped), layer,
                    {.ownership = rootless().ownership});
    const tree::MemoryTree::Node* node = layer.find(TreePath::clean("d/f"));
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->content, "x");
    EXPECT_EQ(node->entry.mode, 0U);
    EXPECT_EQ(node->entry.uid, 5U);
    EXPECT_EQ(node->entry.gid, 6U);
    EXPECT_EQ(node->entry.xattrs, (tree::Xattrs{{"user.a", "1"}}));
    EXPECT_EQ(layer.find(TreePath::clean("d"))->entry.uid, 3U);
    EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0U);
  });
}

TEST(UserOfANamespace, GetsFilesInsteadOfDevicesAndDoesWithoutSomeAttributes) {
  in_namespace_of_one([] {
    ASSERT_TRUE(in_user_namespace());
    Extraction extraction;
    extraction.apply({{device(EntryType::block_device, "disk", 8, 0),
                       file("f", "x").mode(04755).xattr("trusted.a", "1")}});
    EXPECT_TRUE(S_ISREG(extraction.found("disk").mode));
    EXPECT_EQ(extraction.found("f").mode, S_IFREG | 04755U);
    EXPECT_EQ(extraction.log.warnings().size(), 2U);
    EXPECT_THROW(extraction.apply({{file("f").owner(1, 0)}}), Error);
  });
}

}  // namespace
}  // namespace umoci::layer::test
