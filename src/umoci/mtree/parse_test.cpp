// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/manifest.hpp>

#include <umoci/base/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace umoci::mtree {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::Pair;
using tree::EntryType;
using tree::TreePath;

std::vector<std::string> paths_of(const Manifest& manifest) {
  std::vector<std::string> paths;
  for (const Record& record : manifest.records()) paths.push_back(record.path.text());
  return paths;
}

std::vector<std::string> paths_of(std::string_view text) { return paths_of(Manifest::parse(text)); }

Record only(std::string_view text) {
  const Manifest manifest = Manifest::parse(text);
  EXPECT_EQ(manifest.records().size(), 1U) << text;
  return manifest.records().at(0);
}

/// The error of parsing `text`; an empty message if there is none.
struct Failure {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
};
Failure failure_of(std::string_view text) {
  try {
    (void)Manifest::parse(text);
  } catch (const Error& error) {
    return {.kind = error.kind(), .message = error.what()};
  }
  return {};
}

void expect_invalid(std::string_view text, std::string_view place) {
  const Failure failure = failure_of(text);
  EXPECT_EQ(failure.kind, ErrorKind::invalid_data) << text;
  EXPECT_TRUE(failure.message.starts_with(place)) << text << ": " << failure.message;
}

constexpr std::string_view umoci_sample =
    "#          user: root\n"
    "#       machine: host\n"
    "#          tree: /b/rootfs\n"
    "#          date: Sat Nov 21 01:18:17 2026\n"
    "#      keywords: size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr\n"
    "\n"
    "# .\n"
    "/set type=file nlink=1 mode=0664 uid=0 gid=0\n"
    ". size=4096 type=dir mode=0755 nlink=3 tar_time=1600000000.000000000\n"
    "    a\\040b size=5 mode=04755 nlink=2 tar_time=-5.000000000 "
    "sha256digest=2CF24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 "
    "xattr.user.a=djE= xattr.user.b\\040c=\n"
    "    l size=3 type=link mode=0777 link=x\\040y tar_time=1600000000.000000000\n"
    "\n"
    "# d\n"
    "/set type=file nlink=1 mode=0664 uid=5 gid=6\n"
    "d size=40 type=dir mode=02755 nlink=2 tar_time=1600000000.000000000\n"
    "    p size=0 type=fifo mode=0 tar_time=1600000000.000000000\n"
    "..\n"
    "..\n";

TEST(Parse, ReadsAManifestOfUmoci) {
  const Manifest manifest = Manifest::parse(umoci_sample);
  ASSERT_THAT(paths_of(manifest), ElementsAre("", "a b", "d", "d/p", "l"));
  const Record& root = manifest.records()[0];
  EXPECT_EQ(root.type, EntryType::directory);
  EXPECT_EQ(root.mode, 0755U);
  EXPECT_EQ(root.link_count, 3U);
  EXPECT_EQ(root.size_bytes, 4096U);

  const Record& file = manifest.records()[1];
  EXPECT_EQ(file.type, EntryType::file);
  EXPECT_EQ(file.mode, 04755U);
  EXPECT_EQ(file.time, (Time{.seconds = -5}));
  EXPECT_EQ(file.sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_THAT(file.xattrs, ElementsAre(Pair("user.a", "v1"), Pair("user.b c", "")));
  EXPECT_EQ(file.uid, 0U);
  EXPECT_EQ(file.keywords,
            (KeywordSet{Keyword::size, Keyword::type, Keyword::uid, Keyword::gid, Keyword::mode,
                        Keyword::nlink, Keyword::tar_time, Keyword::sha256digest, Keyword::xattr}));

  const Record& fifo = *manifest.find(TreePath::clean("d/p"));
  EXPECT_EQ(fifo.type, EntryType::fifo);
  EXPECT_EQ(fifo.mode, 0U);
  EXPECT_EQ(fifo.uid, 5U);
  EXPECT_EQ(fifo.gid, 6U);
  EXPECT_EQ(manifest.find(TreePath::clean("l"))->link, "x y");
  EXPECT_EQ(manifest.find(TreePath::clean("nothing")), nullptr);
}

// The dialect of FreeBSD before 10, with names instead of numbers and a comment where a directory
// ends.
TEST(Parse, ReadsAManifestOfFreeBsd) {
  const Manifest manifest = Manifest::parse(
      "#\t   user: root\n"
      "#\tmachine: host\n"
      "\n"
      "# .\n"
      "/set type=file uname=root gname=wheel mode=0755 nlink=1 flags=none\n"
      ".               type=dir nlink=3 time=1500000000.250000000\n"
      "    some\\040file  mode=0644 size=10 time=1500000000.5 \\\n"
      "                cksum=12345 md5digest=abc optional\n"
      "\n"
      "# ./bin\n"
      "/set type=file uname=bin gname=wheel mode=0555 nlink=1 flags=none\n"
      "bin             type=dir mode=0755\n"
      "    sh          size=3\n"
      "# ./bin\n"
      "..\n"
      "\n"
      "..\n"
      "\n");
  ASSERT_THAT(paths_of(manifest), ElementsAre("", "bin", "bin/sh", "some file"));
  const Record& file = manifest.records()[3];
  EXPECT_EQ(file.time, (Time{.seconds = 1'500'000'000, .nanoseconds = 5}));
  EXPECT_TRUE(file.optional);
  EXPECT_THAT(file.others, ElementsAre(Pair("flags", "none")));
  EXPECT_THAT(file.texts,
              ElementsAre(Pair(Keyword::uname, "root"), Pair(Keyword::gname, "wheel"),
                          Pair(Keyword::cksum, "12345"), Pair(Keyword::md5digest, "abc")));
  EXPECT_THAT(manifest.records()[2].others, ElementsAre(Pair("flags", "none")));
  EXPECT_EQ(manifest.records()[2].texts.at(Keyword::uname), "bin");
  EXPECT_EQ(manifest.records()[2].mode, 0555U);
}

// What NetBSD's mtree -C writes: full paths, a blank at the end of each line.
TEST(Parse, ReadsFullPaths) {
  const Manifest manifest = Manifest::parse(
      ". type=dir mode=0755 \n"
      "./d type=dir mode=0700 \n"
      "./d/f type=file size=1 device=0x11110370 sha256="
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 \n"
      "x type=file\n");
  ASSERT_THAT(paths_of(manifest), ElementsAre("", "d", "d/f", "x"));
  EXPECT_EQ(manifest.records()[2].sha256.substr(0, 4), "e3b0");
  EXPECT_TRUE(manifest.records()[2].keywords.has(Keyword::sha256digest));
  EXPECT_EQ(manifest.records()[2].device, (tree::DeviceNumber{.major = 259, .minor = 70000}));
}

TEST(Parse, NestsByTypeAndDots) {
  EXPECT_THAT(paths_of(". type=dir\na type=dir\nb type=dir\nc\n..\nd\n..\n..\ne\n"),
              ElementsAre("", "a", "a/b", "a/b/c", "a/d", "e"));
  EXPECT_THAT(paths_of("a type=dir\n..\n..\n..\nb\n"), ElementsAre("a", "b"))
      << "dots above the root";
  EXPECT_THAT(paths_of("a type=dir\n   .. ignored words\nb\n"), ElementsAre("a", "b"));
  EXPECT_THAT(paths_of("/set type=dir\na\nb type=file\nc\nd\n"),
              ElementsAre("a", "a/b", "a/c", "a/c/d"));
  EXPECT_THAT(paths_of("a type=dir\n..foo\n...\n"), ElementsAre("a", "a/...", "a/..foo"));
}

TEST(Parse, TakesNamesWithSlashesFromTheRoot) {
  EXPECT_THAT(paths_of("a type=dir\nx/y type=dir\nz\n"), ElementsAre("a", "a/z", "x/y"));
  EXPECT_THAT(paths_of("a type=dir\n ./b//c/\n"), ElementsAre("a", "b/c"));
  EXPECT_THAT(paths_of("a type=dir\n  /b\n"), ElementsAre("a", "b"));
}

TEST(Parse, KeepsNamesInsideTheTree) {
  EXPECT_THAT(paths_of("a type=dir\n ../../etc/passwd\n"), ElementsAre("a", "etc/passwd"));
  EXPECT_THAT(paths_of("a type=dir\nb type=dir\n\\056\\056\\057x\n"),
              ElementsAre("a", "a/b", "a/x"));
  EXPECT_THAT(paths_of("\\056\\056\n"), ElementsAre(""));
}

TEST(Parse, MergesSetLines) {
  const std::string text =
      "/set uid=1 mode=0600\n"
      "/set uid=2 gid=3\n"
      "a\n"
      "/unset uid\n"
      "b\n"
      "/unset\n"
      "c\n"
      "/set uid=4 uname=x xattr.a=QQ==\n"
      "/unset uname xattr.a\n"
      "d\n"
      "/unset all\n"
      "e\n";
  const Manifest manifest = Manifest::parse(text);
  ASSERT_EQ(manifest.records().size(), 5U);
  const auto keywords_of = [&](std::size_t index) { return manifest.records()[index].keywords; };
  EXPECT_EQ(keywords_of(0), (KeywordSet{Keyword::uid, Keyword::gid, Keyword::mode}));
  EXPECT_EQ(manifest.records()[0].uid, 2U);
  EXPECT_EQ(manifest.records()[0].mode, 0600U);
  EXPECT_EQ(keywords_of(1), (KeywordSet{Keyword::gid, Keyword::mode}));
  EXPECT_EQ(keywords_of(2), KeywordSet{});
  EXPECT_EQ(keywords_of(3), (KeywordSet{Keyword::uid}));
  EXPECT_TRUE(manifest.records()[3].others.empty());
  EXPECT_EQ(keywords_of(4), KeywordSet{});
}

TEST(Parse, TakesIndentedDirectives) {
  EXPECT_EQ(only("  /set uid=7\n\t/unset gid\na\n").uid, 7U);
  expect_invalid("a\n/sets uid=7\n", "line 2: ");
  expect_invalid("/a/b type=file\n", "line 1: ");
}

TEST(Parse, TheLastLineOfAPathWins) {
  const Record record = only("a uid=1 mode=0600\n./a uid=2\n");
  EXPECT_EQ(record.uid, 2U);
  EXPECT_EQ(record.keywords, KeywordSet{Keyword::uid});
}

TEST(Parse, TheLastOfSeveralValuesWins) {
  const Record record = only("a uid=1 uid=2 foo=1 foo=2 xattr.a=QQ== xattr.a=Qg==\n");
  EXPECT_EQ(record.uid, 2U);
  EXPECT_THAT(record.others, ElementsAre(Pair("foo", "2")));
  EXPECT_THAT(record.xattrs, ElementsAre(Pair("a", "B")));
}

TEST(Parse, KnowsFlags) {
  const Record record = only("a optional ignore nochange\n");
  EXPECT_TRUE(record.optional);
  EXPECT_TRUE(record.ignore);
  EXPECT_TRUE(record.nochange);
  EXPECT_TRUE(record.others.empty());
  EXPECT_FALSE(only("/set optional\n/unset optional\na\n").optional);
}

TEST(Parse, TakesAnyLineEnd) {
  const std::string expected = "x";
  for (const std::string_view text :
       {"/set uid=1\na link=x\n", "/set uid=1\r\na link=x\r\n", "/set uid=1\na link=x",
        "/set uid=1\n\n \t\n# c\r\na link=x\r"}) {
    EXPECT_EQ(only(text).link, expected);
    EXPECT_EQ(only(text).uid, 1U);
  }
  EXPECT_THAT(paths_of(""), ElementsAre());
  EXPECT_THAT(paths_of("\n\n"), ElementsAre());
}

TEST(Parse, JoinsLines) {
  EXPECT_EQ(only("a uid=1 \\\n  gid=2\\\n\\\n mode=0\n").keywords,
            (KeywordSet{Keyword::uid, Keyword::gid, Keyword::mode}));
  EXPECT_EQ(only("a uid=1 \\\r\n  gid=2\r\n").gid, 2U);
  EXPECT_EQ(only("/set uid=1 \\\n gid=2\na\n").gid, 2U);
  EXPECT_EQ(only("a u\\\nid=1\n").uid, 1U) << "nothing takes the place of the line end";
  EXPECT_EQ(only("a uid=1 \\").uid, 1U) << "at the end of the text";
}

TEST(Parse, DoesNotJoinAfterAnEscapedBackslashOrAComment) {
  EXPECT_THAT(paths_of("a\\\\\nb\n"), ElementsAre("a\\", "b"));
  EXPECT_THAT(paths_of("# c \\\nb\n"), ElementsAre("b"));
}

TEST(Parse, IsTransparentToBytes) {
  EXPECT_THAT(paths_of("\xff\xfe\xc3 uid=1\n\xc2\xa0x\nc\rr\nf\fx\n"s),
              ElementsAre("c\rr", "f\fx", "\xc2\xa0x", "\xff\xfe\xc3"));
  EXPECT_EQ(only("a link=\xff\x80\n"s).link, "\xff\x80");
}

TEST(Parse, NormalisesSynonyms) {
  EXPECT_THAT(only("a md5=1 rmd160=2 sha512=3\n").texts,
              ElementsAre(Pair(Keyword::md5digest, "1"), Pair(Keyword::ripemd160digest, "2"),
                          Pair(Keyword::sha512digest, "3")));
  EXPECT_THAT(only("a md5=1 md5digest=2\n").texts, ElementsAre(Pair(Keyword::md5digest, "2")));
  EXPECT_THAT(only("a xattrs.user.a=QQ==\n").xattrs, ElementsAre(Pair("user.a", "A")));
}

TEST(Parse, KeepsUnknownKeywordsAsTheyAre) {
  EXPECT_THAT(only("a ctime=r\\040t tags=a,b=c flags size.x=1 xattr=y\n").others,
              ElementsAre(Pair("ctime", "r\\040t"), Pair("tags", "a,b=c"), Pair("flags", ""),
                          Pair("size.x", "1"), Pair("xattr", "y")));
}

TEST(Parse, FindsTheValueOfAnAttributeWhoseNameHasAnEqualsSign) {
  EXPECT_THAT(only("a xattr.user.q=r=QUI=\n").xattrs, ElementsAre(Pair("user.q=r", "AB")));
  EXPECT_THAT(only("a xattr.user.q==QQ==\n").xattrs, ElementsAre(Pair("user.q=", "A")));
  EXPECT_THAT(only("a xattr.user.q\\075QUI=\n").xattrs, ElementsAre(Pair("user.q=QUI", "")));
  EXPECT_THAT(only("a xattr.user.q=QUI=\n").xattrs, ElementsAre(Pair("user.q", "AB")));
  EXPECT_THAT(only("a xattr.user.q=\n").xattrs, ElementsAre(Pair("user.q", "")));
}

TEST(Parse, ReadsDeviceNumbers) {
  using Number = tree::DeviceNumber;
  EXPECT_EQ(only("a device=native,1,3\n").device, (Number{.major = 1, .minor = 3}));
  EXPECT_EQ(only("a device=linux,0x103,070\n").device, (Number{.major = 259, .minor = 56}));
  EXPECT_EQ(only("a device=0x103\n").device, (Number{.major = 1, .minor = 3}));
  EXPECT_EQ(only("a device=259\n").device, (Number{.major = 1, .minor = 3}));
  EXPECT_EQ(only("a device=0xfffffffffffffff\n").device,
            (Number{.major = 0xfffffff, .minor = 0xffffffff}))
      << "no bit lost";
}

TEST(Parse, ReadsExtensions) {
  const Manifest manifest = Manifest::parse(
      "#umoci: xattr future\n"
      "/set type=file\n"
      "c type=char\n"
      "    #umoci: device=native,1,3 xattr.a=QQ== uid=7 future=1\n"
      "f\n"
      "l type=link\n"
      "#umoci:xattr.b=\n"
      "p type=fifo\n");
  const auto& records = manifest.records();
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[0].device, (tree::DeviceNumber{.major = 1, .minor = 3}));
  EXPECT_THAT(records[0].xattrs, ElementsAre(Pair("a", "A")));
  EXPECT_FALSE(records[0].keywords.has(Keyword::uid)) << "only what others cannot say";
  EXPECT_FALSE(records[1].keywords.has(Keyword::xattr));
  EXPECT_THAT(records[2].xattrs, ElementsAre(Pair("b", "")));
  EXPECT_TRUE(records[3].keywords.has(Keyword::xattr)) << "looked at, none there";
  EXPECT_TRUE(records[3].xattrs.empty());
}

TEST(Parse, TakesNoOtherCommentForAnExtension) {
  for (const std::string_view text :
       {"a type=link\n# umoci: xattr\n", "a type=link\n# #umoci: xattr\n",
        "a type=link\n#umoci xattr\n", "a type=link\n##umoci: xattr\n"}) {
    EXPECT_EQ(only(text).keywords, KeywordSet{Keyword::type}) << text;
  }
}

TEST(Parse, RefusesBadValues) {
  for (const std::string_view word :
       {"=1",
        "=",
        "size=",
        "size",
        "size=-1",
        "size=+1",
        "size=1k",
        "size=0x1",
        "size=18446744073709551616",
        "uid=4294967296",
        "gid=-1",
        "mode=0888",
        "mode=u=rwx0",
        "mode=rwx",
        "mode=-1",
        "mode=010000",
        "mode=",
        "nlink=x",
        "type=door",
        "type",
        "type=",
        "time=",
        "time=1.",
        "time=.5",
        "time=1.1000000000",
        "time=1.-5",
        "time=9223372036854775808",
        "tar_time=x",
        "tar_time=1.0.0",
        "link=a\\000b",
        "link=a\\q",
        "sha256=",
        "sha256digest=e3b0",
        "sha256=g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "xattr.a",
        "xattr.a=b",
        "xattr.a=QUI",
        "xattr.a\\q=",
        "xattr.a\\000="}) {
    expect_invalid("a\n\nb uid=1 " + std::string(word) + "\n", "line 3: ");
    expect_invalid("/set " + std::string(word) + "\n", "line 1: ");
  }
}

// Whoever does not ask for such a value must not be stopped by it.
TEST(Parse, KeepsValuesOfFormatsItDoesNotKnow) {
  for (const std::string value :
       {"bsdos,1,2,3", "native,1", "native,1,2,3", "native,1,4294967296", "8,x", ""}) {
    const Record record = only("a uid=1 device=" + value + "\n");
    EXPECT_THAT(record.others, ElementsAre(Pair("device", value)));
    EXPECT_EQ(record.keywords, KeywordSet{Keyword::uid}) << value;
  }
  for (const std::string value : {"u=rwx,go=rx", "+t", "a-w", "u+rwXs"}) {
    const Record record = only("a uid=1 mode=" + value + "\n");
    EXPECT_THAT(record.others, ElementsAre(Pair("mode", value)));
    EXPECT_EQ(record.keywords, KeywordSet{Keyword::uid}) << value;
  }
}

TEST(Parse, TakesTheLastOfAValueThatItKnowsAndOneThatItDoesNot) {
  const Record known = only("/set mode=u+x\na device=bsdos,1,2,3 device=native,1,2 mode=0755\n");
  EXPECT_THAT(known.others, ElementsAre());
  EXPECT_EQ(known.keywords, (KeywordSet{Keyword::device, Keyword::mode}));
  const Record unknown = only("/set mode=0755\na device=native,1,2 device=bsdos,1,2,3 mode=u+x\n");
  EXPECT_THAT(unknown.others, ElementsAre(Pair("device", "bsdos,1,2,3"), Pair("mode", "u+x")));
  EXPECT_EQ(unknown.keywords, KeywordSet{});
  EXPECT_THAT(only("/set mode=u+x\n/unset mode\na\n").others, ElementsAre());
}

TEST(Parse, RefusesBadNames) {
  expect_invalid("a\\q\n", "line 1: ");
  expect_invalid("a\\000b\n", "line 1: ");
  expect_invalid("x\na\\000/b\n", "line 2: ");
  expect_invalid("a\0b\n"s, "line 1: ");
}

TEST(Parse, NamesTheFirstOfJoinedLines) {
  expect_invalid("a\n\nb \\\n uid=1 \\\n gid=x\n", "line 3: ");
  expect_invalid("a \\\n uid=1\nb gid=x\n", "line 3: ");
}

TEST(Parse, TakesLongLinesWithinALimit) {
  const std::string value(12U << 20U, 'A');
  EXPECT_EQ(only("a xattr.user.x=" + value + "\n").xattrs.at("user.x").size(), 9U << 20U);
  const std::string half(9U << 20U, 'A');
  EXPECT_EQ(failure_of("a xattr.x=" + value + value + "\n").kind, ErrorKind::limit_exceeded);
  EXPECT_EQ(failure_of("a xattr.x=" + half + "\\\n" + half + "\n").kind, ErrorKind::limit_exceeded);
  EXPECT_TRUE(failure_of("\nb\n#" + value + value).message.starts_with("line 3: "));
}

TEST(Parse, LimitsWhatSetMultiplies) {
  std::string text = "/set foo=" + std::string(1U << 20U, 'x') + "\n";
  for (int i = 0; i < 1000; ++i) text += "a\n";
  EXPECT_EQ(failure_of(text).kind, ErrorKind::limit_exceeded);

  std::string words = "a";
  for (int i = 0; i < 101; ++i) words += " k" + std::to_string(i) + "=";
  EXPECT_EQ(failure_of(words).kind, ErrorKind::limit_exceeded);
  std::string attributes = "/set";
  for (int i = 0; i < 101; ++i) attributes += " xattr.k" + std::to_string(i) + "=";
  EXPECT_EQ(failure_of(attributes).kind, ErrorKind::limit_exceeded);
}

TEST(Parse, LimitsPaths) {
  EXPECT_EQ(failure_of(std::string((1U << 20U) + 1, 'x')).kind, ErrorKind::limit_exceeded);
  EXPECT_EQ(paths_of(std::string(1U << 20U, 'x')).size(), 1U);

  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a type=dir\n";
  const Failure failure = failure_of(deep);
  EXPECT_EQ(failure.kind, ErrorKind::limit_exceeded);
  EXPECT_NE(failure.message.find("too deep"), std::string::npos) << failure.message;
}

TEST(Parse, TakesDeepTrees) {
  constexpr int depth = 5000;
  std::string text = "/set type=dir\n";
  for (int i = 0; i < depth; ++i) text += "d\n";
  for (int i = 0; i < depth; ++i) text += "..\n";
  const Manifest manifest = Manifest::parse(text + "e\n");
  ASSERT_EQ(manifest.records().size(), static_cast<std::size_t>(depth) + 1);
  EXPECT_EQ(manifest.records().back().path.text(), "e");
  EXPECT_EQ(manifest.records()[depth - 1].path.depth(), static_cast<std::size_t>(depth));
}

// A word whose end is looked for again and again, or a list that is searched for each word, makes
// this run into ctest's limit.
TEST(Parse, TakesLinearTime) {
  EXPECT_EQ(failure_of("a xattr.x" + std::string(8U << 20U, '=')).message, "");
  std::string many = "a";
  for (int i = 0; i < 500'000; ++i) many += " uid=1 k=";
  EXPECT_EQ(only(many).uid, 1U);
  std::string joined = "a";
  for (int i = 0; i < 500'000; ++i) joined += " \\\n uid=1";
  EXPECT_EQ(only(joined).uid, 1U);
}

TEST(Manifest, SortsAndDropsAllButTheLastOfAPath) {
  std::vector<Record> records(4);
  records[0].path = TreePath::clean("b");
  records[0].uid = 1;
  records[1].path = TreePath::clean("a/b");
  records[2].path = TreePath::clean("b");
  records[2].uid = 2;
  records[3].path = TreePath::clean("a-b");
  const Manifest manifest(std::move(records));
  EXPECT_THAT(paths_of(manifest), ElementsAre("a-b", "a/b", "b"));
  EXPECT_EQ(manifest.find(TreePath::clean("b"))->uid, 2U);
}

TEST(Manifest, KnowsItsKeywords) {
  EXPECT_EQ(Manifest::parse("/set uid=1\na mode=0\nb xattr.x=\n").used_keywords(),
            (KeywordSet{Keyword::uid, Keyword::mode, Keyword::xattr}));
  EXPECT_EQ(Manifest().used_keywords(), KeywordSet{});
}

}  // namespace
}  // namespace umoci::mtree
