// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/extractor.hpp>
#include <umoci/layer/user_namespace.hpp>

#include <umoci_test/run_program.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/xattr.h>
#include <unistd.h>

namespace umoci::layer::test {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class ExtractorXattr : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root sets all attributes";
    if (in_user_namespace())
      GTEST_SKIP() << "inside a user namespace not all attributes can be set";
  }
};

const std::string net_raw =
    "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"s;

TEST_F(ExtractorXattr, ReachTheDisk) {
  Extraction extraction;
  extraction.apply(
      {{file("f", "x").mode(0400).xattr("user.a", "\0\xff"s).xattr("trusted.b", "2"),
        directory("d").mode(0500).xattr("user.c", "3").xattr("trusted.overlay.opaque", "y"),
        symlink("l", "f").xattr("trusted.d", "4")}});
  EXPECT_THAT(extraction.found("f").xattrs,
              ElementsAre(Pair("trusted.b", "2"), Pair("user.a", "\0\xff"s)));
  EXPECT_THAT(extraction.found("d").xattrs,
              ElementsAre(Pair("trusted.overlay.opaque", "y"), Pair("user.c", "3")));
  EXPECT_THAT(extraction.found("l").xattrs, ElementsAre(Pair("trusted.d", "4")));
  EXPECT_THAT(extraction.log.warnings(), IsEmpty());
}

TEST_F(ExtractorXattr, OfADirectoryAreReplacedNotMerged) {
  Extraction extraction;
  extraction.apply({{directory("d").xattr("user.a", "1").xattr("user.b", "2")}});
  extraction.apply({{directory("d").xattr("user.b", "3")}});
  EXPECT_THAT(extraction.found("d").xattrs, ElementsAre(Pair("user.b", "3")));
}

TEST_F(ExtractorXattr, CapabilitiesSurviveTheChangeOfOwner) {
  Extraction extraction;
  extraction.apply({{file("ping", "x").owner(5, 5).xattr("security.capability", net_raw)}});
  EXPECT_EQ(extraction.found("ping").xattrs["security.capability"], net_raw);
}

TEST_F(ExtractorXattr, CapabilitiesBelongToTheRootOfTheContainer) {
  Extraction extraction(
      {.ownership = {.uids = IdMap({{0, 100000, 65536}}), .gids = IdMap({{0, 100000, 65536}})}});
  extraction.apply({{file("ping", "x").xattr("security.capability", net_raw)}});
  EXPECT_EQ(extraction.found("ping").xattrs["security.capability"],
            "\x01\x00\x00\x03"s + net_raw.substr(4) + "\xa0\x86\x01\x00"s);
}

TEST_F(ExtractorXattr, OfTheHostAreLeftOut) {
  Extraction extraction;
  extraction.apply({{file("f").xattr("security.selinux", "label").xattr("system.nfs4_acl", "acl"),
                     directory("d").xattr("security.selinux", "label"),
                     symlink("l", "f").xattr("security.selinux", "label")}});
  for (const std::string name : {"f", "d", "l"}) {
    EXPECT_FALSE(extraction.found(name).xattrs.contains("security.selinux")) << name;
  }
  EXPECT_EQ(extraction.log.warnings().size(), 3U);
  EXPECT_THAT(extraction.log.warnings().at(0),
              HasSubstr("path=/f xattr=security.selinux, system.nfs4_acl"));
}

TEST_F(ExtractorXattr, OfTheHostAreNeitherRemovedNorWarnedOfIfEqual) {
  Extraction extraction;
  extraction.apply({{directory("d")}});
  const std::string path = extraction / "d";
  if (::setxattr(path.c_str(), "security.selinux", "label", 5, 0) != 0) {
    GTEST_SKIP() << "this kernel guards security.selinux";
  }
  extraction.apply({{directory("d").xattr("security.selinux", "label")}});
  EXPECT_THAT(extraction.found("d").xattrs, ElementsAre(Pair("security.selinux", "label")));
  EXPECT_THAT(extraction.log.warnings(), IsEmpty());
  extraction.apply({{directory("d")}});
  EXPECT_THAT(extraction.found("d").xattrs, ElementsAre(Pair("security.selinux", "label")));
}

TEST_F(ExtractorXattr, UnsupportedOnesAreReportedOncePerNamespace) {
  Extraction extraction;
  extraction.apply(
      {{file("f").xattr("foo.bar", "1").xattr("foo.baz", "1"), file("g").xattr("foo.bar", "1"),
        file("h").xattr("odd.x", "1").xattr("user.a", "1")}});
  EXPECT_THAT(extraction.log.warnings(),
              ElementsAre(HasSubstr("path=/f xattr=foo.bar"), HasSubstr("path=/h xattr=odd.x")));
  EXPECT_THAT(extraction.found("h").xattrs, ElementsAre(Pair("user.a", "1")));
}

TEST_F(ExtractorXattr, ThatCannotBeSetAreErrors) {
  for (const Item& entry :
       {symlink("x", "f").xattr("user.a", "1"), file("x").xattr("security.capability", "bad"),
        file("x").xattr("user.a", std::string(1U << 17U, 'x'))}) {
    Extraction extraction;
    EXPECT_THROW(extraction.apply({{entry}}), Error);
  }
}

TEST_F(ExtractorXattr, WithTheOwnerAreSuspiciousButKept) {
  Extraction extraction;
  extraction.apply({{file("f").xattr("user.rootlesscontainers", "\x08\x05"s)}});
  EXPECT_THAT(extraction.found("f").xattrs,
              ElementsAre(Pair("user.rootlesscontainers", "\x08\x05"s)));
  EXPECT_THAT(extraction.log.warnings(), ElementsAre(HasSubstr("suspicious")));
}

TEST_F(ExtractorXattr, AccessControlListsAreNotInheritedFromTheTree) {
  Extraction extraction;
  const std::vector<std::string> command{"setfacl", "-d", "-m", "u:1234:rwx", extraction.path()};
  if (!umoci::test::has_program("setfacl")) GTEST_SKIP() << "no setfacl";
  if (umoci::test::run_program(command).status != 0) GTEST_SKIP() << "no access control lists here";
  extraction.apply({{file("f").mode(0600), directory("d").mode(0700), file("d/f"), file("i/f"),
                     symlink("l", "f"), item(tree::EntryType::fifo, "p", 0640)}});
  const Tree tree = extraction.tree();
  for (const std::string name : {"f", "d", "d/f", "i", "i/f", "l", "p"}) {
    EXPECT_THAT(tree.at(name).xattrs, IsEmpty()) << name;
  }
  EXPECT_EQ(tree.at("f").mode, S_IFREG | 0600U);
  EXPECT_EQ(tree.at("p").mode, S_IFIFO | 0640U);
  EXPECT_EQ(tree.at(".").xattrs.count("system.posix_acl_default"), 1U);
}

TEST_F(ExtractorXattr, AccessControlListsComeFromTheEntry) {
  if (!umoci::test::has_program("setfacl")) GTEST_SKIP() << "no setfacl";
  Extraction model;
  model.apply({{directory("d"), file("f").mode(0640)}});
  ASSERT_EQ(umoci::test::run_program({"setfacl", "-m", "u:1234:rwx,d:g:55:rx", model / "d"}).status,
            0);
  ASSERT_EQ(umoci::test::run_program({"setfacl", "-m", "u:1234:rwx", model / "f"}).status, 0);
  const auto as_item = [&](Item base, std::string_view name) {
    const Found found = model.found(name);
    for (const auto& [key, value] : found.xattrs) base.entry.xattrs[key] = value;
    return std::move(base).mode(found.mode & 07777U);
  };
  Extraction extraction;
  extraction.apply(
      {{as_item(directory("d"), "d"), as_item(file("f"), "f"), file("d/below"), directory("d/e")}});
  EXPECT_EQ(extraction.found("d").xattrs, model.found("d").xattrs);
  EXPECT_EQ(extraction.found("f").xattrs, model.found("f").xattrs);
  EXPECT_EQ(extraction.found("f").mode, model.found("f").mode);
  EXPECT_THAT(extraction.found("d/below").xattrs, IsEmpty());
  EXPECT_THAT(extraction.found("d/e").xattrs, IsEmpty());
}

// Spec: layers.md S23.
TEST_F(ExtractorXattr, AccessControlListsNeverGoWhereALinkLeads) {
  // One entry each for owner, user 1234, group, mask and others.
  const std::string list(
      "\x02\0\0\0\x01\0\x07\0\xff\xff\xff\xff\x02\0\x07\0\xd2\x04\0\0\x04\0\x05\0\xff\xff\xff\xff"
      "\x10\0\x07\0\xff\xff\xff\xff\x20\0\x05\0\xff\xff\xff\xff",
      44);
  Extraction extraction;
  extraction.apply({{file("f").mode(0640), directory("d").mode(0750)}});
  const Tree before = extraction.tree();
  for (const std::string target : {"f", "d"}) {
    try {
      extraction.apply({{symlink("l", target).xattr("system.posix_acl_access", list),
                         symlink("m", target).xattr("system.posix_acl_default", list)}});
    } catch (const Error&) {
      // Links have no such lists: to say so is as good as a warning.
    }
    for (const std::string name : {"f", "d"}) {
      EXPECT_EQ(extraction.found(name).xattrs, before.at(name).xattrs);
      EXPECT_EQ(extraction.found(name).mode, before.at(name).mode);
    }
  }
}

TEST(UserNamespace, IsToldByItsMap) {
  EXPECT_FALSE(is_user_namespace_map("         0          0 4294967295\n"));
  EXPECT_TRUE(is_user_namespace_map("         0       1000          1\n"));
  EXPECT_TRUE(is_user_namespace_map("0 0 4294967294\n"));
  EXPECT_TRUE(is_user_namespace_map(""));
}

}  // namespace
}  // namespace umoci::layer::test
