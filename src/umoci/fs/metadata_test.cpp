// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/metadata.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/fs/root.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
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
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;
using tree::EntryType;
using tree::Xattrs;

/// Capabilities as the kernel stores them: revision 2, cap_net_raw permitted and effective.
const std::string net_raw_capability("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);

/// Access control lists as the kernel stores them: one entry each for owner, user 1000, group,
/// mask and others.
std::string access_list(std::initializer_list<std::pair<int, int>> entries) {
  std::string value("\x02\0\0\0", 4);
  for (const auto& [tag, permissions] : entries) {
    const std::string id = tag == 2 ? std::string("\xe8\x03\0\0", 4) : std::string(4, '\xff');
    value += static_cast<char>(tag);
    value += '\0';
    value += static_cast<char>(permissions);
    value += '\0';
    value += id;
  }
  return value;
}

class MetadataTest : public testing::Test {
 protected:
  [[nodiscard]] struct stat status(const std::string& name) const {
    return directory_.status(name).value();
  }
  [[nodiscard]] mode_t mode(const std::string& name) const { return status(name).st_mode & 07777U; }
  void make_file(const std::string& name, mode_t mode = 0644) const {
    const UniqueFd file = directory_.create_file(name, 0600);
    ASSERT_EQ(::fchmod(file.get(), mode), 0);
  }
  /// Xattrs that only root may set, or those that anybody may.
  void set_xattr(const std::string& name, const std::string& key, const std::string& value) const {
    ASSERT_EQ(::lsetxattr((path_ / name).c_str(), key.c_str(), value.data(), value.size(), 0), 0)
        << key;
  }

  test::TemporaryDirectory path_;
  Directory directory_ = Root::open(path_.path()).directory();
};

constexpr Time early{.seconds = -12345, .nanoseconds = 678901234};
constexpr Time late{.seconds = 4'000'000'000, .nanoseconds = 1};

TEST_F(MetadataTest, TimesApplyToEveryType) {
  make_file("file");
  directory_.create_directory("dir", 0700);
  directory_.create_symlink("link", "file");
  directory_.create_node("fifo", EntryType::fifo, {}, 0600);
  const struct stat untouched = status("file");
  for (const char* name : {"link", "dir", "fifo", "file"}) {
    directory_.apply(name, {.mtime = early, .atime = late});
    EXPECT_EQ(status(name).st_mtim.tv_sec, early.seconds) << name;
    EXPECT_EQ(status(name).st_mtim.tv_nsec, early.nanoseconds) << name;
    EXPECT_EQ(status(name).st_atim.tv_sec, late.seconds) << name;
    EXPECT_EQ(status(name).st_atim.tv_nsec, late.nanoseconds) << name;
    if (std::string(name) == "link") {
      EXPECT_EQ(status("file").st_mtim.tv_nsec, untouched.st_mtim.tv_nsec);
    }
  }
}

TEST_F(MetadataTest, AbsentTimes) {
  make_file("file");
  directory_.apply("file", {.mtime = late});
  EXPECT_EQ(status("file").st_atim.tv_sec, late.seconds);
  directory_.apply("file", {.atime = early});
  EXPECT_EQ(status("file").st_atim.tv_sec, early.seconds);
  EXPECT_EQ(status("file").st_mtim.tv_sec, late.seconds);
  directory_.apply("file", {.mode = 0600});
  EXPECT_EQ(status("file").st_atim.tv_sec, early.seconds);
  EXPECT_EQ(status("file").st_mtim.tv_sec, late.seconds);
}

TEST_F(MetadataTest, ModeAppliesToEverythingButLinks) {
  make_file("file", 0600);
  directory_.create_directory("dir", 0700);
  directory_.create_symlink("link", "file");
  directory_.create_symlink("to-dir", "dir");
  directory_.create_node("fifo", EntryType::fifo, {}, 0600);
  for (const char* name : {"link", "to-dir"}) directory_.apply(name, {.mode = 01777});
  EXPECT_EQ(mode("file"), 0600U);
  EXPECT_EQ(mode("dir"), 0700U);
  for (const char* name : {"file", "dir", "fifo"}) {
    directory_.apply(name, {.mode = 07751});
    EXPECT_EQ(mode(name), 07751U) << name;
    directory_.apply(name, {.mode = 0});
    EXPECT_EQ(mode(name), 0U) << name;
  }
}

TEST_F(MetadataTest, TypeBitsInModeMeanNothing) {
  make_file("file", 0600);
  directory_.apply("file", {.mode = S_IFDIR | 0640U});
  EXPECT_TRUE(S_ISREG(status("file").st_mode));
  EXPECT_EQ(mode("file"), 0640U);
}

TEST_F(MetadataTest, AppliesToOpenFilesAndDirectories) {
  const UniqueFd file = directory_.create_file("file", 0600);
  apply(file.get(), {.mode = 04711, .mtime = early});
  EXPECT_EQ(mode("file"), 04711U);
  EXPECT_EQ(status("file").st_mtim.tv_sec, early.seconds);
  directory_.create_directory("dir", 0700);
  const Directory opened = directory_.open_directory("dir").value();
  opened.apply({.mode = 02711, .mtime = late});
  EXPECT_EQ(mode("dir"), 02711U);
  EXPECT_EQ(status("dir").st_mtim.tv_sec, late.seconds);
}

TEST_F(MetadataTest, MissingObject) {
  EXPECT_ERROR(not_found, "", directory_.apply("none", {.mode = 0600}));
}

TEST_F(MetadataTest, OwnerAppliesToEveryType) {
  if (!test::is_real_root()) GTEST_SKIP() << "only root gives files away";
  make_file("file");
  make_file("open");
  directory_.create_directory("dir", 0700);
  directory_.create_symlink("link", "file");
  directory_.create_node("fifo", EntryType::fifo, {}, 0600);
  directory_.create_node("null", EntryType::char_device, {.major = 1, .minor = 3}, 0600);
  const Metadata metadata{.owner = Owner{.uid = 1234, .gid = 4'000'000'000}};
  for (const char* name : {"link", "dir", "fifo", "null"}) directory_.apply(name, metadata);
  EXPECT_EQ(status("file").st_uid, 0U);
  apply(directory_.open_file("open").get(), metadata);
  for (const char* name : {"link", "dir", "fifo", "null", "open"}) {
    EXPECT_EQ(status(name).st_uid, 1234U) << name;
    EXPECT_EQ(status(name).st_gid, 4'000'000'000U) << name;
  }
}

TEST_F(MetadataTest, NumbersThatMeanNobodyAreRefused) {
  make_file("file");
  for (const Owner owner :
       {Owner{.uid = 0xffffffff, .gid = 0}, Owner{.uid = 0, .gid = 0xffffffff}}) {
    EXPECT_ERROR(invalid_argument, "", directory_.apply("file", {.owner = owner}));
  }
}

TEST_F(MetadataTest, SetIdBitsSurviveTheChangeOfOwner) {
  if (!test::is_real_root()) GTEST_SKIP() << "only root gives files away";
  const Owner owner{.uid = 12, .gid = 34};
  make_file("file", 06755);
  directory_.apply("file", {.owner = owner, .mode = 06755});
  EXPECT_EQ(mode("file"), 06755U);
  make_file("unasked", 06755);
  directory_.apply("unasked", {.owner = owner});
  EXPECT_EQ(mode("unasked"), 06755U);
  make_file("open", 0600);
  apply(directory_.open_file("open").get(), {.owner = owner, .mode = 04711});
  EXPECT_EQ(mode("open"), 04711U);
}

TEST_F(MetadataTest, CapabilitiesSurviveTheChangeOfOwner) {
  if (!test::is_real_root()) GTEST_SKIP() << "only root sets capabilities";
  const Metadata metadata{
      .owner = Owner{.uid = 12, .gid = 34},
      .mode = 0755,
      .xattrs = XattrChange{.wanted = {{"security.capability", net_raw_capability}}}};
  make_file("file");
  directory_.apply("file", metadata);
  EXPECT_THAT(directory_.xattrs("file"),
              ElementsAre(Pair("security.capability", net_raw_capability)));
  const UniqueFd open = directory_.create_file("open", 0600);
  apply(open.get(), metadata);
  EXPECT_THAT(read_xattrs(open.get()),
              ElementsAre(Pair("security.capability", net_raw_capability)));
}

TEST_F(MetadataTest, AccessControlListHasTheLastWord) {
  make_file("file", 0600);
  const std::string list = access_list({{1, 6}, {2, 4}, {4, 0}, {0x10, 4}, {0x20, 0}});
  bool supported = true;
  directory_.apply("file",
                   {.mode = 0600,
                    .xattrs = XattrChange{.wanted = {{"system.posix_acl_access", list}},
                                          .on_failure = [&](auto, int) { supported = false; }}});
  if (!supported) GTEST_SKIP() << "no access control lists on this file system";
  EXPECT_EQ(mode("file"), 0640U);
  EXPECT_THAT(directory_.xattrs("file"), ElementsAre(Pair("system.posix_acl_access", list)));
  // And is taken away without a trace.
  directory_.apply("file", {.mode = 0604, .xattrs = XattrChange{}});
  EXPECT_EQ(mode("file"), 0604U);
  EXPECT_THAT(directory_.xattrs("file"), IsEmpty());
}

TEST_F(MetadataTest, XattrsBecomeThoseWanted) {
  for (const char* name : {"file", "open", "dir"}) {
    if (std::string(name) == "dir")
      directory_.create_directory(name, 0700);
    else
      make_file(name);
    set_xattr(name, "user.gone", "1");
    set_xattr(name, "user.kept", "2");
    set_xattr(name, "user.changed", "3");
  }
  const std::string binary("\0\xff\n", 3);
  const Metadata metadata{
      .xattrs =
          XattrChange{.wanted = {{"user.changed", "new"}, {"user.new", binary}, {"user.empty", ""}},
                      .keep = [](std::string_view name) { return name == "user.kept"; }}};
  directory_.apply("file", metadata);
  apply(directory_.open_file("open").get(), metadata);
  directory_.open_directory("dir")->apply(metadata);
  for (const char* name : {"file", "open", "dir"}) {
    EXPECT_THAT(directory_.xattrs(name),
                UnorderedElementsAre(Pair("user.kept", "2"), Pair("user.changed", "new"),
                                     Pair("user.new", binary), Pair("user.empty", "")))
        << name;
  }
  EXPECT_EQ(directory_.open_directory("dir")->xattrs(), directory_.xattrs("dir"));
  EXPECT_EQ(read_xattrs(directory_.open_file("open").get()), directory_.xattrs("open"));
}

TEST_F(MetadataTest, AbsentXattrsStay) {
  make_file("file");
  set_xattr("file", "user.a", "1");
  directory_.apply("file", {.mode = 0400});
  EXPECT_THAT(directory_.xattrs("file"), ElementsAre(Pair("user.a", "1")));
}

// Removed since it was listed, or listed by a file system that cannot deliver.
TEST_F(MetadataTest, XattrsWithoutAValueAreAbsent) {
  constexpr long getxattrat_number = 464;
  make_file("file");
  set_xattr("file", "user.a", "1");
  const UniqueFd open = directory_.open_file("file");
  const auto refuse_values = [&](int error) {
    test::forbid_system_calls({SYS_getxattr, SYS_lgetxattr, SYS_fgetxattr, getxattrat_number},
                              error);
  };
  for (const int error : {ENODATA, EOPNOTSUPP}) {
    test::in_child_process([&] {
      refuse_values(error);
      EXPECT_THAT(directory_.xattrs("file"), IsEmpty());
      EXPECT_THAT(read_xattrs(open.get()), IsEmpty());
    });
  }
  test::in_child_process([&] {
    refuse_values(EIO);
    EXPECT_ERROR(io, "user.a", (void)directory_.xattrs("file"));
  });
}

TEST_F(MetadataTest, FreshObjectsAreNotListed) {
  make_file("file");
  set_xattr("file", "user.a", "1");
  directory_.apply("file", {.xattrs = XattrChange{.wanted = {{"user.b", "2"}}, .fresh = true}});
  EXPECT_THAT(directory_.xattrs("file"),
              UnorderedElementsAre(Pair("user.a", "1"), Pair("user.b", "2")));
}

TEST_F(MetadataTest, LinksAndNodesHaveXattrsOfTheirOwn) {
  if (!test::is_real_root()) GTEST_SKIP() << "only root sets attributes of links";
  make_file("file");
  directory_.create_symlink("link", "file");
  directory_.create_node("fifo", EntryType::fifo, {}, 0600);
  const Metadata metadata{.xattrs = XattrChange{.wanted = {{"trusted.a", "1"}}}};
  const Metadata none{.xattrs = XattrChange{}};
  for (const char* name : {"link", "fifo"}) {
    directory_.apply(name, metadata);
    EXPECT_THAT(directory_.xattrs(name), ElementsAre(Pair("trusted.a", "1"))) << name;
    EXPECT_THAT(directory_.xattrs("file"), IsEmpty());
    directory_.apply(name, none);
    EXPECT_THAT(directory_.xattrs(name), IsEmpty()) << name;
  }
}

TEST_F(MetadataTest, FailuresAreTheCallersToJudge) {
  directory_.create_symlink("link", "nowhere");
  XattrChange change{.wanted = {{"user.a", "1"}, {"user.b", "2"}}};
  // The kernel allows no user attributes on links.
  EXPECT_ERROR(permission, "", directory_.apply("link", {.xattrs = change}));
  std::vector<std::pair<std::string, int>> failures;
  change.on_failure = [&](std::string_view name, int error) { failures.emplace_back(name, error); };
  directory_.apply("link", {.xattrs = change, .mtime = late});
  EXPECT_THAT(failures, ElementsAre(Pair("user.a", EPERM), Pair("user.b", EPERM)));
  EXPECT_EQ(status("link").st_mtim.tv_sec, late.seconds);
  change.on_failure = [](std::string_view, int) { throw std::runtime_error("enough"); };
  EXPECT_THROW(directory_.apply("link", {.xattrs = change}), std::runtime_error);
}

TEST_F(MetadataTest, ImpossibleXattrsAreErrors) {
  make_file("file");
  for (const auto& [name, value] : Xattrs{{"nonsense", "1"},
                                          {"user.large", std::string(70'000, 'x')},
                                          {"user." + std::string(300, 'n'), "1"}}) {
    int reason = 0;
    XattrChange change{.wanted = {{name, value}},
                       .on_failure = [&](std::string_view, int error) { reason = error; }};
    directory_.apply("file", {.xattrs = change});
    EXPECT_NE(reason, 0) << name;
    EXPECT_NE(reason, EPERM) << name;
  }
}

TEST_F(MetadataTest, LargeListsAndValues) {
  const test::TemporaryDirectory memory;
  make_file("file");
  Xattrs wanted;
  for (int i = 0; i < 40; ++i) wanted["user." + std::string(40, 'n') + std::to_string(i)] = "v";
  wanted["user.large"] = std::string(1500, 'x');
  bool fits = true;
  directory_.apply("file",
                   {.xattrs = XattrChange{.wanted = wanted, .on_failure = [&](auto, int error) {
                                            EXPECT_EQ(error, ENOSPC);
                                            fits = false;
                                          }}});
  if (!fits) GTEST_SKIP() << "this file system has no room for many attributes";
  EXPECT_EQ(directory_.xattrs("file"), wanted);
  EXPECT_EQ(read_xattrs(directory_.open_file("file").get()), wanted);
}

TEST_F(MetadataTest, FileSystemWithoutXattrsHasNone) {
  // /proc has no attributes that could be listed.
  const Directory proc = Root::open("/proc/self").directory();
  EXPECT_THAT(proc.xattrs("status"), IsEmpty());
  EXPECT_THAT(proc.xattrs(), IsEmpty());
}

TEST_F(MetadataTest, PlainUserKeepsUserXattrsOfReadOnlyFiles) {
  test::as_plain_user(path_.path(), [&] {
    const Metadata metadata{.mode = 0400, .xattrs = XattrChange{.wanted = {{"user.a", "1"}}}};
    const UniqueFd open = directory_.create_file("open", 0600);
    apply(open.get(), metadata);
    make_file("file", 0600);
    directory_.apply("file", metadata);
    directory_.create_directory("dir", 0700);
    directory_.apply("dir", {.mode = 0500, .xattrs = metadata.xattrs});
    for (const char* name : {"open", "file", "dir"}) {
      EXPECT_EQ(mode(name) & 0600U, 0400U) << name;
      EXPECT_THAT(directory_.xattrs(name), ElementsAre(Pair("user.a", "1"))) << name;
    }
    // The other way round: the new mode is what allows it.
    const Metadata writable{.mode = 0600, .xattrs = XattrChange{.wanted = {{"user.b", "2"}}}};
    directory_.apply("file", writable);
    EXPECT_THAT(directory_.xattrs("file"), ElementsAre(Pair("user.b", "2")));
  });
}

TEST(EntryOfTest, Devices) {
  const struct stat status = Root::open("/dev").directory().status("null").value();
  const tree::Entry entry = entry_of(status);
  EXPECT_EQ(entry.type, EntryType::char_device);
  EXPECT_EQ(entry.device, (tree::DeviceNumber{.major = 1, .minor = 3}));
  EXPECT_EQ(entry.inode.inode, status.st_ino);
}

}  // namespace
}  // namespace umoci::fs
