// SPDX-License-Identifier: Apache-2.0
// One tree in the words of several programs; and what those that are here say of ours.
#include <umoci/mtree/compare.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gtest/gtest.h>
#include <umoci_test/disk_tree.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

namespace umoci::mtree {
namespace {

namespace fs = std::filesystem;
using tree::Entry;
using tree::EntryType;
using tree::MemoryTree;
using tree::TreePath;

struct Dialect {
  const char* name;
  const char* text;
};

std::ostream& operator<<(std::ostream& out, const Dialect& dialect) { return out << dialect.name; }

const Dialect dialects[] = {
    {"FreeBsd",
     "#\t   user: root\n"
     "#\tmachine: host.example.org\n"
     "#\t   tree: /a/tree\n"
     "#\t   date: Sat Nov 21 01:18:17 2026\n"
     "\n"
     "# .\n"
     "/set type=file uid=0 gid=0 mode=0644 nlink=1 flags=none\n"
     ".               type=dir mode=0755 nlink=5 size=512 \\\n"
     "                time=1500000000.0\n"
     "\n"
     "# ./bin\n"
     "bin             type=dir mode=0755 nlink=2 size=512 \\\n"
     "                time=1500000000.000000000\n"
     "    sh          mode=04555 size=3 time=1500000000.5 cksum=1219131554 \\\n"
     "                md5digest=900150983cd24fb0d6963f7d28e17f72 \\\n"
     "                "
     "sha256digest=BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD\n"
     "# ./bin\n"
     "..\n"
     "\n"
     "# ./dev\n"
     "dev             type=dir mode=0755 nlink=2 size=512 \\\n"
     "                time=1500000000.0\n"
     "    null        type=char mode=0666 device=linux,1,3 size=0 time=1500000000.0\n"
     "# ./dev\n"
     "..\n"
     "\n"
     "# ./etc\n"
     "etc             type=dir mode=0755 nlink=2 size=512 \\\n"
     "                time=1500000000.0\n"
     "    a\\040name    uid=7 gid=8 size=0 time=1500000000.0\n"
     "    motd        type=link mode=0777 size=11 time=1500000000.0 link=../run/motd\n"
     "# ./etc\n"
     "..\n"
     "\n"
     "..\n"
     "\n"},
    {"NetBsd",
     "#\t   user: (null)\n"
     "#\tmachine: host\n"
     "#\t   tree: /a/tree\n"
     "#\t   date: Sat Nov 21 01:18:17 2026\n"
     "\n"
     "# .\n"
     "/set type=file uid=0 gid=0 mode=0644 nlink=1\n"
     ".               type=dir mode=0755 nlink=5 time=1500000000.0\n"
     "\n"
     "# ./bin\n"
     "bin             type=dir mode=0755 nlink=2 time=1500000000.0\n"
     "    sh          mode=04555 size=3 time=1500000000.5 \\\n"
     "                sha1=a9993e364706816aba3e25717850c26c9cd0d89d \\\n"
     "                rmd160=8eb208f7e05d987a9b044a8e98c6b087f15a0bfc\n"
     "# ./bin\n"
     "..\n"
     "\n"
     "\n"
     "# ./dev\n"
     "dev             type=dir mode=0755 nlink=2 time=1500000000.0\n"
     "    null        type=char mode=0666 device=0x103 time=1500000000.0\n"
     "# ./dev\n"
     "..\n"
     "\n"
     "\n"
     "# ./etc\n"
     "etc             type=dir mode=0755 nlink=2 time=1500000000.0\n"
     "    a\\sname     uid=7 gid=8 size=0 time=1500000000.0\n"
     "    motd        type=link mode=0777 time=1500000000.0 link=../run/motd\n"
     "# ./etc\n"
     "..\n"
     "\n"
     "..\n"
     "\n"},
    {"NetBsdFullPaths",
     ". type=dir uid=0 gid=0 mode=0755 nlink=5 time=1500000000.0 \n"
     "./bin type=dir uid=0 gid=0 mode=0755 nlink=2 time=1500000000.0 \n"
     "./bin/sh type=file uid=0 gid=0 mode=04555 nlink=1 size=3 time=1500000000.5 \n"
     "./dev type=dir uid=0 gid=0 mode=0755 nlink=2 time=1500000000.0 \n"
     "./dev/null type=char device=native,1,3 uid=0 gid=0 mode=0666 nlink=1 time=1500000000.0 \n"
     "./etc type=dir uid=0 gid=0 mode=0755 nlink=2 time=1500000000.0 \n"
     "./etc/a\\040name type=file uid=7 gid=8 mode=0644 nlink=1 size=0 time=1500000000.0 \n"
     "./etc/motd type=link uid=0 gid=0 mode=0777 nlink=1 link=../run/motd time=1500000000.0 \n"},
    {"Libarchive",
     "#mtree\n"
     "/set type=file uid=0 gid=0 mode=644\n"
     ". time=1500000000.0 mode=755 type=dir\n"
     "./bin time=1500000000.0 mode=755 type=dir\n"
     "./bin/sh time=1500000000.5 mode=4555 size=3 sha512256=53048e2681941ef99b2e29b76b4c7dabe4c2d0c"
     "634fc6d46e0e2f13107e7af23\n"
     "./dev time=1500000000.0 mode=755 type=dir\n"
     "./dev/null time=1500000000.0 mode=666 type=char device=native,1,3 resdevice=native,0,27\n"
     "./etc time=1500000000.0 mode=755 type=dir\n"
     "./etc/a\\040name time=1500000000.0 uid=7 gid=8 size=0\n"
     "./etc/motd time=1500000000.0 mode=777 type=link link=../run/motd\n"},
    {"Umoci",
     "#          user: root\n"
     "#       machine: host\n"
     "#          tree: /a/tree\n"
     "#          date: Sat Nov 21 01:18:17 2026\n"
     "#      keywords: size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr\n"
     "\n"
     "# .\n"
     "/set type=file nlink=1 mode=0664 uid=0 gid=0\n"
     ". size=512 type=dir mode=0755 nlink=5 tar_time=1500000000.000000000\n"
     "\n"
     "# bin\n"
     "bin size=512 type=dir mode=0755 nlink=2 tar_time=1500000000.000000000\n"
     "    sh size=3 mode=04555 tar_time=1500000000.000000000 sha256digest=ba7816bf8f01cfea414140de5"
     "dae2223b00361a396177a9cb410ff61f20015ad\n"
     "..\n"
     "\n"
     "# dev\n"
     "dev size=512 type=dir mode=0755 nlink=2 tar_time=1500000000.000000000\n"
     "    null size=0 type=char mode=0666 tar_time=1500000000.000000000\n"
     "..\n"
     "\n"
     "# etc\n"
     "etc size=512 type=dir mode=0755 nlink=2 tar_time=1500000000.000000000\n"
     "    a\\040name size=0 uid=7 gid=8 mode=0644 tar_time=1500000000.000000000 "
     "sha256digest=e3b0c44"
     "298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
     "    motd size=11 type=link mode=0777 link=../run/motd tar_time=1500000000.000000000\n"
     "..\n"
     "..\n"},
};

/// Seven objects, and the root.
std::unique_ptr<MemoryTree> described_tree() {
  auto tree = std::make_unique<MemoryTree>();
  const auto put = [&](std::string_view path, EntryType type, std::uint32_t mode) {
    Entry entry;
    entry.path = TreePath::clean(path);
    entry.type = type;
    entry.mode = mode;
    entry.mtime = {.seconds = 1'500'000'000, .nanoseconds = path == "bin/sh" ? 5U : 0U};
    if (path == "etc/a name") {
      entry.uid = 7;
      entry.gid = 8;
    }
    if (type == EntryType::char_device) entry.device = {.major = 1, .minor = 3};
    if (type == EntryType::symlink) {
      entry.link = "../run/motd";
      entry.size_bytes = entry.link.size();
    }
    const std::string content = path == "bin/sh" ? "abc" : "";
    if (type == EntryType::file) entry.size_bytes = content.size();
    if (type == EntryType::directory) entry.link_count = path.empty() ? 5 : 2;
    tree->put(entry, content);
  };
  for (const char* path : {"", "bin", "dev", "etc"}) put(path, EntryType::directory, 0755);
  put("bin/sh", EntryType::file, 04555);
  put("dev/null", EntryType::char_device, 0666);
  put("etc/a name", EntryType::file, 0644);
  put("etc/motd", EntryType::symlink, 0777);
  return tree;
}

std::vector<std::string> report(const Manifest& manifest, tree::EntrySource& tree,
                                KeywordSet keywords) {
  std::vector<std::string> lines;
  const CompareOptions options{.keywords = keywords, .facts = {.owner_names = host_owner_names()}};
  for (const Delta& delta : compare(manifest, tree, options)) lines.push_back(report_line(delta));
  return lines;
}

/// What a dialect records of every object, and not of some types alone.
KeywordSet keywords_of_all(const Manifest& manifest) {
  KeywordSet keywords = manifest.used_keywords();
  for (const Record& record : manifest.records()) {
    const bool is_file = record.type == EntryType::file;
    for (const Keyword keyword : {Keyword::size, Keyword::nlink}) {
      if (!record.keywords.has(keyword)) keywords.remove(keyword);
    }
    for (const Keyword keyword : all_keywords) {
      if (!is_file || !content_keywords.has(keyword)) continue;
      if (!record.keywords.has(keyword)) keywords.remove(keyword);
    }
  }
  return keywords;
}

class DialectTest : public testing::TestWithParam<Dialect> {};

TEST_P(DialectTest, DescribesTheTree) {
  const Manifest manifest = Manifest::parse(GetParam().text);
  const auto tree = described_tree();
  EXPECT_EQ(manifest.records().size(), tree->nodes().size());
  EXPECT_EQ(report(manifest, *tree->entries(), keywords_of_all(manifest)),
            std::vector<std::string>{});
  // Each keyword that it has of the one file with something in it.
  MemoryTree file;
  const TreePath path = TreePath::clean("bin/sh");
  file.put(tree->find(path)->entry, tree->find(path)->content);
  const Record* const record = manifest.find(path);
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(report(Manifest({*record}), *file.entries(), record->keywords),
            std::vector<std::string>{});
}

TEST_P(DialectTest, SurvivesBeingWrittenByUs) {
  const Manifest manifest = Manifest::parse(GetParam().text);
  const KeywordSet keywords = manifest.used_keywords();
  EXPECT_EQ(Manifest::parse(manifest.format({}, keywords)), manifest);
}

INSTANTIATE_TEST_SUITE_P(, DialectTest, testing::ValuesIn(dialects),
                         [](const auto& instance) { return instance.param.name; });

/// A tree on disk with one object of each kind that the user can make.
class OtherPrograms : public testing::Test {
 protected:
  OtherPrograms() {
    fs::create_directories(root() / "a dir/sub");
    test::write_file(root() / "file", "content");
    test::write_file(root() / "a dir/#x", "");
    test::write_file(root() / "a dir/caf\xc3\xa9", "y");
    fs::create_symlink("to a file", root() / "link");
    EXPECT_EQ(::mkfifo((root() / "fifo").c_str(), 0640), 0);
    if (::geteuid() == 0) (void)::mknod((root() / "c").c_str(), S_IFCHR | 0600, makedev(1, 3));
  }

  [[nodiscard]] fs::path root() const { return directory_.path(); }

  [[nodiscard]] std::string our_manifest(KeywordSet keywords) const {
    const auto tree = test::read_tree(root());
    return collect(*tree->entries(), keywords, {.owner_names = host_owner_names()})
        .format({.tree = "t", .date = "d"}, keywords);
  }

 private:
  test::TemporaryDirectory directory_;
};

constexpr KeywordSet names_and_sums{
    Keyword::type,         Keyword::uname,        Keyword::gname,          Keyword::mode,
    Keyword::cksum,        Keyword::md5digest,    Keyword::sha1digest,     Keyword::sha256digest,
    Keyword::sha384digest, Keyword::sha512digest, Keyword::ripemd160digest};

TEST_F(OtherPrograms, NetBsdChecksOurNamesAndSums) {
  if (!test::has_program("mtree")) GTEST_SKIP() << "mtree is not installed";
  const std::string text = our_manifest(names_and_sums);
  for (const char* word : {" cksum=", " md5digest=", " rmd160digest=", " uname=", " gname="}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
  }
  const auto same = test::run_program({"mtree", "-p", root().native()}, text);
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_EQ(same.out, "");
  // The time counts for nobody here; the content does.
  test::write_file(root() / "file", "CONTENT");
  const auto changed = test::run_program({"mtree", "-p", root().native()}, text);
  EXPECT_NE(changed.status, 0);
  for (const char* word : {"cksum", "md5", "rmd160", "sha1", "sha256", "sha384", "sha512"}) {
    EXPECT_NE(changed.out.find(word), std::string::npos) << word << ": " << changed.out;
  }
}

TEST_F(OtherPrograms, WeCheckNetBsdsNamesAndSums) {
  if (!test::has_program("mtree")) GTEST_SKIP() << "mtree is not installed";
  const auto made = test::run_program(
      {"mtree", "-c", "-k", "type,uname,gname,mode,cksum,md5,rmd160,sha1,sha256,sha384,sha512",
       "-p", root().native()});
  ASSERT_EQ(made.status, 0) << made.err;
  const Manifest manifest = Manifest::parse(made.out);
  EXPECT_EQ(manifest.used_keywords(), names_and_sums);
  const auto tree = test::read_tree(root());
  EXPECT_EQ(report(manifest, *tree->entries(), names_and_sums), std::vector<std::string>{});
  test::write_file(root() / "file", "CONTENT");
  const auto changed = test::read_tree(root());
  EXPECT_EQ(report(manifest, *changed->entries(), names_and_sums).size(), 1U);
}

TEST_F(OtherPrograms, BsdtarReadsOurs) {
  if (!test::has_program("bsdtar")) GTEST_SKIP() << "bsdtar is not installed";
  // It takes no text for a manifest that has words it does not know, as `tar_time` and attributes.
  constexpr KeywordSet known{Keyword::size,  Keyword::type, Keyword::uid,
                             Keyword::gid,   Keyword::mode, Keyword::link,
                             Keyword::nlink, Keyword::time, Keyword::sha256digest};
  const std::string text = our_manifest(known | KeywordSet{Keyword::device});
  const test::TemporaryDirectory place;
  test::write_file(place / "mtree", text);
  const auto listed = test::run_program({"bsdtar", "-tf", (place / "mtree").native()});
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_EQ(listed.err, "");
  const auto count = std::count(listed.out.begin(), listed.out.end(), '\n');
  EXPECT_EQ(static_cast<std::size_t>(count), test::read_tree(root())->nodes().size());
}

TEST_F(OtherPrograms, WeCheckWhatBsdtarWrites) {
  if (!test::has_program("bsdtar")) GTEST_SKIP() << "bsdtar is not installed";
  const auto made = test::run_program(
      {"bsdtar", "-cf", "-", "--format=mtree", "--options=mtree:all", "-C", root().native(), "."});
  ASSERT_EQ(made.status, 0) << made.err;
  const Manifest manifest = Manifest::parse(made.out);
  const auto tree = test::read_tree(root());
  EXPECT_EQ(manifest.records().size(), tree->nodes().size());
  const KeywordSet keywords = keywords_of_all(manifest);
  for (const Keyword keyword : {Keyword::uname, Keyword::cksum, Keyword::sha512digest}) {
    EXPECT_TRUE(keywords.has(keyword)) << name_of(keyword);
  }
  EXPECT_EQ(report(manifest, *tree->entries(), keywords), std::vector<std::string>{});
}

}  // namespace
}  // namespace umoci::mtree
