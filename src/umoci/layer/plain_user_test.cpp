// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/file_capability.hpp>
#include <umoci/layer/rootless_owner.hpp>
#include <umoci/layer/user_namespace.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <umoci_test/restricted_child.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <map>
#include <string>

namespace umoci::layer::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using tree::EntryType;
using tree::TreePath;

constexpr uid_t nobody = 65534;

/// Capabilities as layers have them: revision 2, cap_net_raw permitted and effective.
const std::string net_raw_capability("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);

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

/// As root of a user namespace that has 65536 users.
void in_namespace_of_many(const std::function<void()>& test) {
  std::array<int, 2> ready{};
  std::array<int, 2> mapped{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  ASSERT_EQ(::pipe(mapped.data()), 0);
  // Only a process outside may map more than one id.
  std::fflush(nullptr);
  const pid_t mapper = ::fork();
  ASSERT_GE(mapper, 0);
  if (mapper == 0) {
    ::close(ready[1]);
    pid_t child = 0;
    const bool asked = ::read(ready[0], &child, sizeof child) == sizeof child;
    const std::string proc = "/proc/" + std::to_string(child);
    const char done = asked && write_text((proc + "/uid_map").c_str(), "0 100000 65536\n") &&
                      write_text((proc + "/gid_map").c_str(), "0 100000 65536\n");
    ::_exit(::write(mapped[1], &done, 1) == 1 ? 0 : 1);
  }
  in_child(
      [&] {
        const pid_t self = ::getpid();
        char done = 0;
        const bool unshared = ::unshare(CLONE_NEWUSER) == 0;
        // Without the answer the other process would wait for good.
        const bool asked = ::write(ready[1], &self, sizeof self) == sizeof self;
        return ::read(mapped[0], &done, 1) == 1 && unshared && asked && done != 0 &&
               ::setgroups(0, nullptr) == 0 && ::setresgid(0, 0, 0) == 0 &&
               ::setresuid(0, 0, 0) == 0;
      },
      test);
  for (const int fd : {ready[0], ready[1], mapped[0], mapped[1]}) ::close(fd);
  ::waitpid(mapper, nullptr, 0);
}

/// As a plain user, with temporary directories in a file system that knows no attributes.
void without_attributes(const std::function<void()>& test) {
  const umoci::test::TemporaryDirectory place;
  const char* const path = place.path().c_str();
  in_child(
      [path] {
        return ::geteuid() == 0 && umoci::test::enter_mount_namespace() &&
               ::mount("none", path, "ramfs", 0, nullptr) == 0 && ::chmod(path, 0777) == 0 &&
               ::setenv("TMPDIR", path, 1) == 0 && ::setgroups(0, nullptr) == 0 &&
               ::setresgid(nobody, nobody, nobody) == 0 && ::setresuid(nobody, nobody, nobody) == 0;
      },
      test);
}

/// What is known of each object in a tree that the disk does not hold.
std::map<std::string, tree::ImageFacts> facts_in(const Extraction& extraction,
                                                 const UnheldFacts& facts,
                                                 fs::RootOptions options) {
  std::map<std::string, tree::ImageFacts> found;
  fs::Walker walker(fs::Root::open(extraction.path(), options));
  while (const tree::Entry* entry = walker.next()) {
    if (auto known = facts.find(*entry); !known.empty()) found[entry->path.text()] = known;
  }
  return found;
}

tree::ImageFacts owned_by(std::uint32_t uid, std::uint32_t gid) {
  tree::ImageFacts facts;
  facts.owner = {.uid = uid, .gid = gid};
  return facts;
}

tree::ImageFacts device_facts(EntryType type, std::uint32_t major, std::uint32_t minor) {
  tree::ImageFacts facts;
  facts.device = {.type = type, .number = {.major = major, .minor = minor}};
  return facts;
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

TEST(PlainUser, KeepsWhatTheDiskCannotHold) {
  as_plain_user([] {
    UnheldFacts facts;
    ExtractOptions options = rootless();
    options.facts = &facts;
    Extraction extraction(options, helped);
    extraction.apply(
        {{symlink("l", "x").owner(5, 6), symlink("mine", "x"),
          item(EntryType::fifo, "p", 0600).owner(0, 7), file("f", "x").owner(8, 8),
          device(EntryType::block_device, "sda", 8, 0).owner(0, 6), hard_link("l2", "l"),
          symlink("gone", "x").owner(5, 5), symlink("other", "x").owner(5, 5)},
         {whiteout("gone"), symlink("other", "x"), device(EntryType::char_device, "sda", 1, 3)}});
    const auto found = facts_in(extraction, facts, helped);
    const std::map<std::string, tree::ImageFacts> expected{
        {"l", owned_by(5, 6)},
        {"l2", owned_by(5, 6)},
        {"p", owned_by(0, 7)},
        {"sda", device_facts(EntryType::char_device, 1, 3)}};
    EXPECT_TRUE(found == expected) << found.size();
  });
}

TEST(PlainUser, KeepsOwnersWhereThereAreNoAttributes) {
  without_attributes([] {
    UnheldFacts facts;
    ExtractOptions options = rootless();
    options.facts = &facts;
    Extraction extraction(options, helped);
    extraction.apply({{file("f", "x").owner(5, 6), file("g", "x"), directory("d").owner(7, 0),
                       file("d/h").owner(1, 1).mode(0)}});
    const auto found = facts_in(extraction, facts, helped);
    const std::map<std::string, tree::ImageFacts> expected{
        {"f", owned_by(5, 6)}, {"d", owned_by(7, 0)}, {"d/h", owned_by(1, 1)}};
    EXPECT_TRUE(found == expected) << found.size();
    EXPECT_EQ(extraction.log.warnings().size(), 1U);
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

TEST(UserOfANamespace, KeepsWhatTheDiskCannotHold) {
  in_namespace_of_one([] {
    UnheldFacts facts;
    Extraction extraction({.facts = &facts});
    extraction.apply({{device(EntryType::block_device, "sda", 8, 0), symlink("l", "x"),
                       file("f").xattr(std::string(capability_attribute), net_raw_capability)}});
    const auto found = facts_in(extraction, facts, {});
    EXPECT_TRUE(found == (std::map<std::string, tree::ImageFacts>{
                             {"sda", device_facts(EntryType::block_device, 8, 0)}}));
    // The kernel notes whose root it is, and shows that only to others.
    EXPECT_EQ(extraction.found("f").xattrs.at(std::string(capability_attribute)),
              net_raw_capability);
  });
}

TEST(UserOfANamespace, GivesFilesToAllUsersOfIt) {
  in_namespace_of_many([] {
    ASSERT_TRUE(in_user_namespace());
    UnheldFacts facts;
    Extraction extraction({.facts = &facts});
    extraction.apply(
        {{file("f", "x").owner(5, 6).mode(06755).xattr("trusted.a", "1").xattr("user.b", "2"),
          file("capable").owner(1, 2).xattr(std::string(capability_attribute), net_raw_capability),
          symlink("l", "x").owner(65535, 1), directory("d").owner(7, 8),
          device(EntryType::char_device, "null", 1, 3).owner(0, 6)}});
    const Found f = extraction.found("f");
    EXPECT_EQ(f.mode, S_IFREG | 06755U);
    EXPECT_EQ(f.uid, 5U);
    EXPECT_EQ(f.gid, 6U);
    EXPECT_EQ(f.xattrs, (std::map<std::string, std::string>{{"user.b", "2"}}));
    EXPECT_EQ(extraction.found("capable").xattrs.at(std::string(capability_attribute)),
              net_raw_capability);
    EXPECT_EQ(extraction.found("l").uid, 65535U);
    EXPECT_EQ(extraction.found("d").gid, 8U);
    const Found null = extraction.found("null");
    EXPECT_TRUE(S_ISREG(null.mode));
    EXPECT_EQ(null.gid, 6U);
    EXPECT_THROW(extraction.apply({{file("f").owner(65536, 0)}}), Error);

    // Packed again it is the image's, with the device.
    const auto recorded = facts_in(extraction, facts, {});
    const auto recorded_at = [&](const tree::Entry& entry) {
      const auto found = recorded.find(entry.path.text());
      return found == recorded.end() ? tree::ImageFacts{} : found->second;
    };
    tree::MemoryTree layer;
    write_changeset({{.path = TreePath::clean("null")}, {.path = TreePath::clean("capable")}},
                    fs::Root::open(extraction.path()), layer, {.facts = recorded_at});
    const tree::Entry& entry = layer.find(TreePath::clean("null"))->entry;
    EXPECT_EQ(entry.type, EntryType::char_device);
    EXPECT_EQ(entry.device, (tree::DeviceNumber{.major = 1, .minor = 3}));
    EXPECT_EQ(entry.gid, 6U);
    EXPECT_EQ(
        layer.find(TreePath::clean("capable"))->entry.xattrs.at(std::string(capability_attribute)),
        net_raw_capability);
  });
}

}  // namespace
}  // namespace umoci::layer::test
