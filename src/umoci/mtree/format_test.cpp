// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/manifest.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace umoci::mtree {
namespace {

using tree::EntryType;
using tree::TreePath;

const Header header{
    .user = "root", .machine = "host", .tree = "/b/rootfs", .date = "Sat Nov 21 01:18:17 2026"};

constexpr std::string_view header_lines =
    "#          user: root\n"
    "#       machine: host\n"
    "#          tree: /b/rootfs\n"
    "#          date: Sat Nov 21 01:18:17 2026\n"
    "#      keywords: size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr\n";

/// The lines behind the header.
std::string body_of(const std::vector<Record>& records, KeywordSet keywords = bundle_keywords) {
  const std::string text = Manifest(records).format(header, keywords);
  const std::size_t label = text.find("#      keywords: ");
  return text.substr(text.find('\n', label) + 1);
}

Record record(std::string_view path, EntryType type, std::uint32_t mode) {
  Record record;
  record.path = TreePath::clean(path);
  record.keywords = {Keyword::size, Keyword::type,  Keyword::uid,     Keyword::gid,
                     Keyword::mode, Keyword::nlink, Keyword::tar_time};
  record.type = type;
  record.mode = mode;
  record.link_count = type == EntryType::directory ? 2 : 1;
  return record;
}
Record directory(std::string_view path) { return record(path, EntryType::directory, 0755); }
Record file(std::string_view path) { return record(path, EntryType::file, 0644); }

TEST(Format, HasTheLayoutOfUmoci) {
  Record root = directory("");
  root.size_bytes = 4096;
  root.link_count = 4;
  Record content = file("z");
  content.size_bytes = 5;
  content.mode = 04755;
  content.link_count = 2;
  content.time.seconds = -5;
  content.keywords.add(Keyword::sha256digest);
  content.sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  content.keywords.add(Keyword::xattr);
  content.xattrs = {{"user.a", "v1"}, {"user.b c", ""}};
  Record link = record("l", EntryType::symlink, 0777);
  link.keywords.add(Keyword::link);
  link.link = "x y";
  Record owned = directory("a dir");
  owned.uid = 5;
  owned.gid = 6;
  owned.mode = 02755;
  Record fifo = record("a dir/p", EntryType::fifo, 0);
  Record plain = file("a dir/sub/#1");
  plain.mode = 0664;
  Record socket = record("a dir/s", EntryType::socket, 0700);
  socket.uid = 5;
  socket.gid = 6;

  const std::vector<Record> records{
      root, content, link, owned, fifo, socket, directory("a dir/sub"), plain, directory("a-dir")};
  EXPECT_EQ(Manifest(records).format(header, bundle_keywords),
            std::string(header_lines) +
                "\n"
                "# .\n"
                "/set type=file nlink=1 mode=0664 uid=0 gid=0\n"
                ". size=4096 type=dir mode=0755 nlink=4 tar_time=0.000000000\n"
                "    l size=0 type=link mode=0777 link=x\\040y tar_time=0.000000000\n"
                "    z size=5 mode=04755 nlink=2 tar_time=-5.000000000 "
                "sha256digest=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 "
                "xattr.user.a=djE= xattr.user.b\\040c=\n"
                "\n"
                "# a dir\n"
                "/set type=file nlink=1 mode=0664 uid=5 gid=6\n"
                "a\\040dir size=0 type=dir mode=02755 nlink=2 tar_time=0.000000000\n"
                "    p size=0 type=fifo uid=0 gid=0 mode=0 tar_time=0.000000000\n"
                "    s size=0 type=socket mode=0700 tar_time=0.000000000\n"
                "\n"
                "# a dir/sub\n"
                "/set type=file nlink=1 mode=0664 uid=0 gid=0\n"
                "sub size=0 type=dir mode=0755 nlink=2 tar_time=0.000000000\n"
                "    \\0431 size=0 tar_time=0.000000000\n"
                "..\n"
                "..\n"
                "\n"
                "# a-dir\n"
                "a-dir size=0 type=dir mode=0755 nlink=2 tar_time=0.000000000\n"
                "..\n"
                "..\n");
}

TEST(Format, LeavesOutUnknownFactsOfTheHeader) {
  EXPECT_EQ(Manifest().format({.user = {}, .machine = {}, .tree = "t", .date = "d"},
                              {Keyword::size, Keyword::type}),
            "#          tree: t\n"
            "#          date: d\n"
            "#      keywords: size,type\n");
}

TEST(Format, AlwaysTellsTheTypeBecauseItNests) {
  EXPECT_EQ(body_of({directory(""), file("f")}, {Keyword::mode}),
            "\n# .\n/set type=file mode=0664\n. type=dir mode=0755\n    f mode=0644\n..\n");
}

TEST(Format, WritesOnlyTheKeywordsAskedFor) {
  Record exact = file("f");
  exact.keywords.add(Keyword::time);
  exact.time = {.seconds = 7, .nanoseconds = 50};
  EXPECT_EQ(body_of({exact}, {Keyword::time, Keyword::uid}),
            "\n# .\n/set type=file\n    f uid=0 time=7.000000050\n");
  EXPECT_EQ(body_of({exact}, {Keyword::tar_time}),
            "\n# .\n/set type=file\n    f tar_time=7.000000000\n");
}

TEST(Format, NoNameStartsALineOfItsOwn) {
  Record root = directory("");
  Record evil = directory("x\n..");
  Header bad = header;
  bad.machine = "h\nevil type=dir";
  const std::string text = Manifest({root, evil, file("x\n..\r")}).format(bad, bundle_keywords);
  EXPECT_NE(text.find("# x\\012..\n"), std::string::npos) << text;
  EXPECT_NE(text.find("#       machine: h\\012evil type=dir\n"), std::string::npos) << text;
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(Format, NoLineEndsInABackslash) {
  Record bare;
  bare.path = TreePath::clean("b\\");
  Record other = bare;
  other.path = TreePath::clean("c");
  other.others = {{"k", "v\\"}};
  Record cr = bare;
  cr.path = TreePath::clean("d");
  cr.others = {{"k", "v\r"}};
  EXPECT_EQ(body_of({bare, other, cr}), "\n# .\n    b\\\\ \n    c k=v\\ \n    d k=v\r \n");
}

TEST(Format, SetsNothingThatIsUnknownOfSomeEntry) {
  Record partial = file("p");
  partial.keywords.remove(Keyword::uid);
  partial.keywords.remove(Keyword::mode);
  partial.keywords.remove(Keyword::size);
  EXPECT_EQ(body_of({partial, file("q")}),
            "\n# .\n/set type=file nlink=1\n"
            "    p gid=0 tar_time=0.000000000\n"
            "    q size=0 uid=0 gid=0 mode=0644 tar_time=0.000000000\n");
}

TEST(Format, GivesFullPathsWhereADirectoryIsMissing) {
  Record untyped = directory("u");
  untyped.keywords.remove(Keyword::type);
  const KeywordSet keywords{Keyword::mode};
  EXPECT_EQ(body_of({directory("a"), file("a/x"), file("b/c/y"), directory("b/c"), file("z"),
                     file("z/q")},
                    keywords),
            "\n# .\n/set type=file mode=0664\n"
            "    z mode=0644\n"
            "\n# a\n"
            "a type=dir mode=0755\n"
            "    x mode=0644\n"
            "..\n"
            "    b/c type=dir mode=0755\n"
            "    b/c/y mode=0644\n"
            "    z/q mode=0644\n");
  EXPECT_EQ(body_of({directory(""), untyped, file("u/v")}, keywords),
            "\n# .\n/set mode=0664\n. type=dir mode=0755\n    u mode=0755\n"
            "    u/v type=file mode=0644\n..\n");
  EXPECT_EQ(body_of({file("a/b/c")}, keywords),
            "\n# .\n/set type=file mode=0664\n    a/b/c mode=0644\n");
}

TEST(Format, PutsOwnersIntoForceWithoutARoot) {
  Record owned = directory("d");
  owned.uid = 3;
  EXPECT_EQ(body_of({owned, file("f")}, {Keyword::uid}),
            "\n# .\n/set type=file\n    f uid=0\n\n# d\n/set type=file uid=3\nd type=dir\n..\n");
}

TEST(Format, TellsInCommentsWhatUmociWouldTrip) {
  const KeywordSet keywords{Keyword::xattr, Keyword::device};
  Record device = record("c", EntryType::char_device, 0600);
  device.keywords = {Keyword::type, Keyword::device, Keyword::xattr};
  device.device = {.major = 259, .minor = 70000};
  device.xattrs = {{"trusted.x", "s"}};
  Record link = record("l", EntryType::symlink, 0777);
  link.keywords = {Keyword::type, Keyword::xattr};
  EXPECT_EQ(body_of({device, link}, keywords),
            "#umoci: xattr\n\n# .\n/set type=file\n"
            "    c type=char\n"
            "    #umoci: device=native,259,70000 xattr.trusted.x=cw==\n"
            "    l type=link\n");

  Record unknown = link;
  unknown.path = TreePath::clean("m");
  unknown.keywords = {Keyword::type};
  EXPECT_EQ(body_of({link, unknown}, keywords),
            "\n# .\n/set type=file\n"
            "    l type=link\n"
            "    #umoci: xattr\n"
            "    m type=link\n");
  EXPECT_EQ(body_of({device, link}, {Keyword::uid}),
            "\n# .\n/set type=file\n    c type=char\n    l type=link\n")
      << "only if asked for";
}

TEST(Format, EscapesAnEqualsSignOnlyIfNeeded) {
  Record record = file("f");
  record.keywords = {Keyword::type, Keyword::xattr};
  record.xattrs = {{"=", ""}, {"user.q=QUI", ""}, {"user.q=r", "AB"}};
  EXPECT_EQ(body_of({record}, {Keyword::xattr}),
            "\n# .\n/set type=file\n"
            "    f xattr.== xattr.user.q\\075QUI= xattr.user.q=r=QUI=\n");
}

TEST(Format, WritesFlagsAndUnknownKeywordsLast) {
  Record record = file("f");
  record.keywords = {Keyword::type};
  record.optional = record.ignore = record.nochange = true;
  record.others = {{"bar", "root"}, {"foo", ""}};
  EXPECT_EQ(body_of({record}, {}),
            "\n# .\n/set type=file\n    f optional ignore nochange bar=root foo\n");
}

TEST(Format, RefusesUnknownKeywordsThatAreNoWords) {
  const std::pair<std::string, std::string> bad[] = {
      {"", "x"}, {"a b", ""}, {"a\nb", ""}, {"a=b", ""}, {"a", "b c"}, {"a", "b\nc"}, {"a", "\t"}};
  for (const auto& other : bad) {
    Record record = file("f");
    record.others = {other};
    EXPECT_THROW((void)Manifest({record}).format(header, bundle_keywords), Error) << other.first;
  }
}

TEST(Format, StaysSmallAndFlatForDeepTrees) {
  std::vector<Record> records;
  std::string path;
  for (int i = 0; i < 5000; ++i) {
    path += path.empty() ? "dd" : "/dd";
    records.push_back(directory(path));
  }
  const Manifest manifest(records);
  const std::string text = manifest.format(header, bundle_keywords);
  EXPECT_LT(text.size(), 5000U * 100 + 1400U * 4100);
  EXPECT_EQ(Manifest::parse(text), manifest);
}

}  // namespace
}  // namespace umoci::mtree
