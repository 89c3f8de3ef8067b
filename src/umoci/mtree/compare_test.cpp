// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/compare.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace umoci::mtree {
namespace {

using tree::Entry;
using tree::EntryType;
using tree::MemoryTree;
using tree::TreePath;

/// Lends the entries of a tree in any order, and notes which files are read.
class Stream final : public tree::EntrySource {
 public:
  explicit Stream(const MemoryTree& tree) {
    for (const auto& [path, node] : tree.nodes()) nodes_.push_back(&node);
  }

  void reverse() { std::reverse(nodes_.begin(), nodes_.end()); }
  [[nodiscard]] const std::vector<std::string>& read_paths() const { return read_paths_; }

  const Entry* next() override { return at_ == nodes_.size() ? nullptr : &nodes_[at_++]->entry; }
  io::Source& content() override {
    const MemoryTree::Node& node = *nodes_[at_ - 1];
    read_paths_.push_back(node.entry.path.text());
    content_ = std::make_unique<io::BytesSource>(node.content);
    return *content_;
  }

 private:
  std::vector<const MemoryTree::Node*> nodes_;
  std::size_t at_ = 0;
  std::vector<std::string> read_paths_;
  std::unique_ptr<io::BytesSource> content_;
};

/// One line for each difference, as `raw mtree-validate` could print them, but for all keywords.
std::vector<std::string> lines_of(const std::vector<Delta>& deltas) {
  std::vector<std::string> lines;
  for (const Delta& delta : deltas) {
    const std::string path = delta.path.text();
    if (delta.kind == DeltaKind::missing) lines.push_back(path + ": missing");
    if (delta.kind == DeltaKind::extra) lines.push_back(path + ": extra");
    for (const Difference& difference : delta.differences) {
      lines.push_back(path + ": " + difference.keyword + " " + difference.expected + " -> " +
                      difference.actual);
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;

Lines compare_lines(std::string_view manifest, const MemoryTree& tree,
                    const CompareOptions& options = {}) {
  Stream stream(tree);
  return lines_of(compare(Manifest::parse(manifest), stream, options));
}

Entry entry(std::string_view path, EntryType type = EntryType::file) {
  Entry entry;
  entry.path = TreePath::clean(path);
  entry.type = type;
  entry.mode = type == EntryType::directory ? 0755 : 0644;
  entry.mtime = {.seconds = 1'600'000'000, .nanoseconds = 7};
  return entry;
}

std::unique_ptr<MemoryTree> tree_of(std::initializer_list<Entry> entries) {
  auto tree = std::make_unique<MemoryTree>();
  for (const Entry& entry : entries) tree->put(entry);
  return tree;
}

/// A tree with something of everything.
std::unique_ptr<MemoryTree> sample() {
  auto tree = std::make_unique<MemoryTree>();
  Entry root = entry("", EntryType::directory);
  root.size_bytes = 4096;
  root.link_count = 3;
  tree->put(root);
  Entry file = entry("f");
  file.size_bytes = 5;
  file.xattrs = {{"user.a", "1"}};
  tree->put(file, "hello");
  Entry directory = entry("d", EntryType::directory);
  directory.xattrs = {{"user.d", "1"}};
  tree->put(directory);
  Entry link = entry("d/l", EntryType::symlink);
  link.link = "../f";
  link.xattrs = {{"trusted.l", "1"}};
  tree->put(link);
  Entry device = entry("d/c", EntryType::char_device);
  device.device = {.major = 1, .minor = 3};
  tree->put(device);
  tree->put(entry("d/p", EntryType::fifo));
  tree->put(entry("d-e"));
  return tree;
}

TEST(Compare, FindsNothingWhereNothingChanged) {
  const auto owned_tree = sample();
  MemoryTree& tree = *owned_tree;
  const Manifest collected = collect(*tree.entries(), bundle_keywords);
  const Header header{.user = {}, .machine = {}, .tree = "t", .date = "d"};
  for (const Manifest& manifest :
       {collected, Manifest::parse(collected.format(header, bundle_keywords))}) {
    for (const auto sizes : {DirectorySizes::ignore, DirectorySizes::compare}) {
      Stream forward(tree);
      EXPECT_EQ(lines_of(compare(manifest, forward, {.directory_sizes = sizes})), Lines());
      Stream backward(tree);
      backward.reverse();
      EXPECT_EQ(lines_of(compare(manifest, backward, {.directory_sizes = sizes})), Lines());
    }
  }
}

struct Change {
  std::string_view path;
  std::function<void(Entry&)> apply;
  Lines lines;
};

class CompareFinds : public testing::TestWithParam<Change> {};

TEST_P(CompareFinds, TheChange) {
  const auto owned_before = sample();
  const MemoryTree& before = *owned_before;
  const Manifest manifest = collect(*before.entries(), bundle_keywords);
  const auto owned_after = sample();
  MemoryTree& after = *owned_after;
  const MemoryTree::Node* node = after.find(TreePath::clean(GetParam().path));
  ASSERT_NE(node, nullptr);
  Entry changed = node->entry;
  GetParam().apply(changed);
  std::string content = node->content;
  content.resize(changed.size_bytes, '!');
  if (changed.type != EntryType::file) content.clear();
  after.put(changed, content);
  Stream stream(after);
  EXPECT_EQ(lines_of(compare(manifest, stream, {})), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Changes, CompareFinds,
    testing::Values(
        Change{"f", [](Entry& e) { e.size_bytes = 6; }, {"f: size 5 -> 6"}},
        Change{"f", [](Entry& e) { e.mode = 04755; }, {"f: mode 0644 -> 04755"}},
        Change{"f", [](Entry& e) { e.uid = 7; }, {"f: uid 0 -> 7"}},
        Change{"f", [](Entry& e) { e.gid = 7; }, {"f: gid 0 -> 7"}},
        Change{"f", [](Entry& e) { e.link_count = 2; }, {"f: nlink 1 -> 2"}},
        Change{"f", [](Entry& e) { e.mtime.nanoseconds = 8; }, {}},
        Change{"f",
               [](Entry& e) { e.mtime.seconds -= 1; },
               {"f: tar_time 1600000000.000000000 -> 1599999999.000000000"}},
        Change{
            "f", [](Entry& e) { e.xattrs = {{"user.a", "2"}}; }, {"f: xattr.user.a MQ== -> Mg=="}},
        Change{"f", [](Entry& e) { e.xattrs = {}; }, {"f: xattr.user.a MQ== -> "}},
        Change{"f",
               [](Entry& e) { e.xattrs = {{"a b", ""}, {"z", "x"}}; },
               {"f: xattr.a\\040b  -> ", "f: xattr.user.a MQ== -> ", "f: xattr.z  -> eA=="}},
        Change{
            "d-e", [](Entry& e) { e.xattrs = {{"user.n", "1"}}; }, {"d-e: xattr.user.n  -> MQ=="}},
        Change{"d", [](Entry& e) { e.xattrs = {}; }, {"d: xattr.user.d MQ== -> "}},
        Change{"d", [](Entry& e) { e.mode = 0700; }, {"d: mode 0755 -> 0700"}},
        Change{"d",
               [](Entry& e) {
                 e.size_bytes = 99;
                 e.link_count = 9;
               },
               {}},
        Change{"d/l", [](Entry& e) { e.link = "a b"; }, {"d/l: link ../f -> a\\040b"}},
        Change{"d/l", [](Entry& e) { e.xattrs = {}; }, {"d/l: xattr.trusted.l MQ== -> "}},
        Change{"d/l", [](Entry& e) { e.size_bytes = 4; }, {"d/l: size 0 -> 4"}},
        Change{
            "d/p", [](Entry& e) { e.xattrs = {{"trusted.p", ""}}; }, {"d/p: xattr.trusted.p  -> "}},
        Change{
            "d/c", [](Entry& e) { e.device.minor = 5; }, {"d/c: device native,1,3 -> native,1,5"}},
        Change{
            "d/c", [](Entry& e) { e.type = EntryType::block_device; }, {"d/c: type char -> block"}},
        Change{"d/c",
               [](Entry& e) { e.type = EntryType::fifo; },
               {"d/c: type char -> fifo", "d/c: device native,1,3 -> "}},
        Change{"d/l",
               [](Entry& e) {
                 e.type = EntryType::directory;
                 e.xattrs = {};
                 e.mode = 0755;
               },
               {"d/l: type link -> dir", "d/l: mode 0644 -> 0755", "d/l: link ../f -> ",
                "d/l: xattr.trusted.l MQ== -> "}},
        Change{"f",
               [](Entry& e) {
                 e.type = EntryType::fifo;
                 e.size_bytes = 5;
               },
               {"f: type file -> fifo",
                "f: sha256digest 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 "
                "-> "}}));

TEST(Compare, FindsNewAndMissingPathsInByteOrder) {
  const auto owned_tree = sample();
  MemoryTree& tree = *owned_tree;
  const Manifest manifest = collect(*tree.entries(), bundle_keywords);
  tree.remove(TreePath::clean("d"));
  tree.put(entry("d!"));
  tree.put(entry("z/y"));
  tree.put(entry("a", EntryType::directory));
  Stream stream(tree);
  stream.reverse();
  const std::vector<Delta> deltas = compare(manifest, stream, {});
  EXPECT_EQ(lines_of(deltas), (Lines{"a: extra", "d: missing", "d!: extra", "d/c: missing",
                                     "d/l: missing", "d/p: missing", "z/y: extra"}));
  EXPECT_EQ(deltas[0].type, EntryType::directory);
  EXPECT_EQ(deltas[1].type, EntryType::directory);
  EXPECT_EQ(deltas[4].type, EntryType::symlink);
}

TEST(Compare, ReadsContentOnlyIfSizesAgree) {
  MemoryTree tree;
  Entry same = entry("same");
  same.size_bytes = 5;
  tree.put(same, "hello");
  Entry longer = entry("longer");
  longer.size_bytes = 6;
  tree.put(longer, "hello!");
  tree.put(entry("new"), "");
  const std::string digest(64, 'a');
  const Manifest manifest =
      Manifest::parse("/set type=file size=5 sha256=" + digest + "\nsame\nlonger\n");
  Stream stream(tree);
  EXPECT_EQ(
      lines_of(compare(manifest, stream, {.keywords = {Keyword::size, Keyword::sha256digest}})),
      (Lines{"longer: size 5 -> 6", "new: extra",
             "same: sha256digest " + digest +
                 " -> 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}));
  EXPECT_EQ(stream.read_paths(), (Lines{"same"}));

  Stream metadata(tree);
  EXPECT_EQ(lines_of(compare(manifest, metadata, {.keywords = {Keyword::size}})),
            (Lines{"longer: size 5 -> 6", "new: extra"}));
  EXPECT_EQ(metadata.read_paths(), Lines());
}

TEST(Compare, TrustsKnownDigests) {
  const auto owned_tree = tree_of({entry("f")});
  MemoryTree& tree = *owned_tree;
  const std::string digest(64, 'a');
  const Manifest manifest = Manifest::parse("f type=file sha256=" + digest + "\n");
  CompareOptions options{.keywords = {Keyword::sha256digest}};
  options.facts.known_digest = [&](const Entry&) { return digest; };
  Stream stream(tree);
  EXPECT_EQ(lines_of(compare(manifest, stream, options)), Lines());
  EXPECT_EQ(stream.read_paths(), Lines());
  options.facts.known_digest = [](const Entry&) { return std::nullopt; };
  Stream unknown(tree);
  EXPECT_EQ(compare(manifest, unknown, options).size(), 1U);
  EXPECT_EQ(unknown.read_paths(), (Lines{"f"}));
}

TEST(Compare, ComparesDirectorySizesOnRequest) {
  Entry directory = entry("d", EntryType::directory);
  directory.size_bytes = 40;
  directory.link_count = 1;
  const auto owned_tree = tree_of({directory});
  MemoryTree& tree = *owned_tree;
  const CompareOptions options{.keywords = {Keyword::size, Keyword::nlink, Keyword::type},
                               .directory_sizes = DirectorySizes::compare};
  EXPECT_EQ(compare_lines("d type=dir size=4096 nlink=2\n", tree, options),
            (Lines{"d: size 4096 -> 40", "d: nlink 2 -> 1"}));
  EXPECT_EQ(compare_lines("d type=dir size=4096 nlink=2\n", tree),
            compare_lines("d type=dir\n", tree))
      << "left out by default";
}

TEST(Compare, MissesTheSizeOfFilesOnly) {
  const auto owned_tree = tree_of({entry("f"), entry("l", EntryType::fifo)});
  const std::string_view manifest = "f type=file\nl type=fifo\n";
  const KeywordSet keywords{Keyword::size, Keyword::type};
  EXPECT_EQ(compare_lines(manifest, *owned_tree, {.keywords = keywords}), (Lines{"f: size  -> 0"}));
  const CompareOptions asked{.keywords = keywords, .directory_sizes = DirectorySizes::compare};
  EXPECT_EQ(compare_lines(manifest, *owned_tree, asked), (Lines{"f: size  -> 0", "l: size  -> 0"}));
}

TEST(Compare, ComparesTimesAsFarAsBothSidesGo) {
  const auto owned_tree = tree_of({entry("f")});
  MemoryTree& tree = *owned_tree;
  const auto lines = [&](std::string_view value, KeywordSet keywords) {
    return compare_lines("f type=file " + std::string(value) + "\n", tree, {.keywords = keywords});
  };
  EXPECT_EQ(lines("time=1600000000.000000007", {Keyword::time}), Lines());
  EXPECT_EQ(lines("time=1600000000.000000008", {Keyword::time}),
            (Lines{"f: time 1600000000.000000008 -> 1600000000.000000007"}));
  EXPECT_EQ(lines("time=1600000000.000000008", {Keyword::tar_time}), Lines());
  EXPECT_EQ(lines("time=1600000000.8", {Keyword::time, Keyword::tar_time}),
            (Lines{"f: time 1600000000.000000008 -> 1600000000.000000007"}));
  EXPECT_EQ(lines("tar_time=1600000000.0", {Keyword::time}), Lines());
  EXPECT_EQ(lines("tar_time=1600000001.0", {Keyword::time}),
            (Lines{"f: tar_time 1600000001.000000000 -> 1600000000.000000000"}));
  EXPECT_EQ(lines("tar_time=1600000001.0", {Keyword::uid}), (Lines{"f: uid  -> 0"}));
  EXPECT_EQ(lines("", {Keyword::time}), (Lines{"f: time  -> 1600000000.000000007"}));
  EXPECT_EQ(lines("", {Keyword::tar_time}), (Lines{"f: tar_time  -> 1600000000.000000000"}));
}

TEST(Compare, CountsAMissingKeywordWhereTheObjectHasAValue) {
  Entry link = entry("l", EntryType::symlink);
  link.link = "x";
  const auto owned_tree = tree_of({link, entry("p", EntryType::fifo)});
  MemoryTree& tree = *owned_tree;
  EXPECT_EQ(compare_lines(
                "l\np\n", tree,
                {.keywords = {Keyword::type, Keyword::link, Keyword::sha256digest, Keyword::mode}}),
            (Lines{"l: type  -> link", "l: mode  -> 0644", "l: link  -> x", "p: type  -> fifo",
                   "p: mode  -> 0644"}));
}

TEST(Compare, CountsAValueOfAnUnknownFormatOnlyIfAskedForIt) {
  Entry device = entry("c", EntryType::char_device);
  device.device = {.major = 1, .minor = 3};
  const auto owned_tree = tree_of({device, entry("f")});
  const MemoryTree& tree = *owned_tree;
  const std::string manifest =
      "c type=char device=bsdos,1,2,3 mode=u=rw\nf type=file device=8,x mode=a-r\n";
  EXPECT_EQ(compare_lines(manifest, tree, {.keywords = {Keyword::type}}), Lines{});
  EXPECT_EQ(compare_lines(manifest, tree, {.keywords = {Keyword::type, Keyword::device}}),
            (Lines{"c: device bsdos,1,2,3 -> native,1,3", "f: device 8,x -> "}));
  EXPECT_EQ(compare_lines(manifest, tree, {.keywords = {Keyword::mode}}),
            (Lines{"c: mode u=rw -> 0644", "f: mode a-r -> 0644"}));
}

// What umoci writes of a symlink says nothing of its attributes, and nothing of device numbers;
// what it writes of files and directories says all.
TEST(Compare, KnowsWhatUmociDoesNotRecord) {
  Entry link = entry("l", EntryType::symlink);
  link.xattrs = {{"trusted.x", "1"}};
  Entry device = entry("c", EntryType::char_device);
  device.device = {.major = 1, .minor = 3};
  device.xattrs = link.xattrs;
  Entry file = entry("f");
  file.xattrs = link.xattrs;
  Entry directory = entry("d", EntryType::directory);
  directory.xattrs = link.xattrs;
  const auto owned_tree = tree_of({link, device, file, directory});
  MemoryTree& tree = *owned_tree;
  EXPECT_EQ(compare_lines("f type=file\nl type=link\nc type=char\nd type=dir\n..\n", tree,
                          {.keywords = {Keyword::type, Keyword::xattr, Keyword::device}}),
            (Lines{"d: xattr.trusted.x  -> MQ==", "f: xattr.trusted.x  -> MQ=="}));
  EXPECT_EQ(compare_lines("#umoci: xattr\nf type=file\nl type=link\nc type=char\n#umoci: "
                          "device=native,1,4\nd type=dir\n",
                          tree, {.keywords = {Keyword::type, Keyword::xattr, Keyword::device}}),
            (Lines{"c: xattr.trusted.x  -> MQ==", "c: device native,1,4 -> native,1,3",
                   "d: xattr.trusted.x  -> MQ==", "f: xattr.trusted.x  -> MQ==",
                   "l: xattr.trusted.x  -> MQ=="}));
}

TEST(Compare, HonoursOptional) {
  EXPECT_EQ(compare_lines("a type=dir optional\nb type=file\n..\na-b\nc optional\n", MemoryTree()),
            (Lines{"a-b: missing"}));
  EXPECT_EQ(
      compare_lines("a type=dir optional\nb type=file\n..\n",
                    *tree_of({entry("a", EntryType::directory)}), {.keywords = {Keyword::type}}),
      (Lines{"a/b: missing"}))
      << "only what is missing may be missing with all below";
}

TEST(Compare, HonoursIgnore) {
  const auto owned_tree =
      tree_of({entry("a", EntryType::directory), entry("a/new"), entry("a-b"), entry("a/d/new")});
  MemoryTree& tree = *owned_tree;
  EXPECT_EQ(compare_lines("a type=dir mode=0 ignore\nd type=dir ignore\ngone type=file\n", tree,
                          {.keywords = {Keyword::type, Keyword::mode}}),
            (Lines{"a: mode 0 -> 0755", "a-b: extra"}))
      << "the object itself is compared";
  EXPECT_EQ(compare_lines(". ignore\n", tree, {.keywords = {Keyword::type}}), (Lines{": missing"}));
}

TEST(Compare, HonoursNochange) {
  EXPECT_EQ(compare_lines("a type=link mode=0 nochange\nb nochange\n", *tree_of({entry("a")})),
            (Lines{"b: missing"}));
}

TEST(Compare, IgnoresUnknownKeywords) {
  EXPECT_EQ(compare_lines("a type=file uname=nobody cksum=1\n", *tree_of({entry("a")}),
                          {.keywords = {Keyword::type}}),
            Lines());
}

TEST(Compare, RefusesHardLinks) {
  EXPECT_THROW((void)compare_lines("", *tree_of({entry("a", EntryType::hard_link)})), Error);
  EXPECT_THROW((void)compare_lines("a type=file\n", *tree_of({entry("a", EntryType::hard_link)})),
               Error);
}

// Many flagged directories, one below the other: each path must not be held against each of them.
TEST(Compare, TakesDeeplyNestedFlags) {
  std::string manifest = "/set type=dir\n";
  for (int i = 0; i < 5000; ++i) manifest += i % 2 == 0 ? "a ignore\n" : "a optional\n";
  EXPECT_EQ(compare_lines(manifest, MemoryTree()), (Lines{"a: missing"}));
}

// The order in which a tree is walked must not show.
TEST(Compare, DependsOnNoOrder) {
  EXPECT_TRUE(rc::check([] {
    const auto paths = rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab/-"))));
    MemoryTree before;
    for (const auto& path : *paths) before.put(entry(path));
    MemoryTree after;
    for (const auto& path : *paths) after.put(entry(path));
    const Manifest manifest = collect(*before.entries(), bundle_keywords);
    Stream forward(after);
    Stream backward(after);
    backward.reverse();
    const Lines lines = lines_of(compare(manifest, forward, {}));
    RC_ASSERT(lines == lines_of(compare(manifest, backward, {})));

    Lines expected;
    for (const auto& [path, node] : before.nodes()) {
      if (after.find(path) == nullptr) expected.push_back(path.text() + ": missing");
    }
    for (const auto& [path, node] : after.nodes()) {
      if (before.find(path) == nullptr) expected.push_back(path.text() + ": extra");
    }
    std::sort(expected.begin(), expected.end());
    Lines sorted = lines;
    std::sort(sorted.begin(), sorted.end());
    RC_ASSERT(sorted == expected);
  }));
}

TEST(Compare, ComputesWhateverChecksumsTheManifestHas) {
  MemoryTree tree;
  tree.put(entry("f"), "abc");
  constexpr KeywordSet sums = content_keywords;
  const std::string right =
      "f cksum=1219131554 md5=900150983cd24fb0d6963f7d28e17f72 "
      "rmd160=8eb208f7e05d987a9b044a8e98c6b087f15a0bfc "
      "sha1=a9993e364706816aba3e25717850c26c9cd0d89d "
      "sha256=BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD "
      "sha384=cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
      "8086072ba1e7cc2358baeca134c825a7 "
      "sha512=ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f "
      "sha512256=53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23\n";
  Stream stream(tree);
  EXPECT_EQ(lines_of(compare(Manifest::parse(right), stream, {.keywords = sums})), Lines{});
  EXPECT_EQ(stream.read_paths(), Lines{"f"}) << "one read for all of them";
  EXPECT_EQ(
      compare_lines("f cksum=1 md5=0 sha1=a9993e364706816aba3e25717850c26c9cd0d89d\n", tree,
                    {.keywords = {Keyword::cksum, Keyword::md5digest, Keyword::sha1digest}}),
      (Lines{"f: cksum 1 -> 1219131554", "f: md5digest 0 -> 900150983cd24fb0d6963f7d28e17f72"}));
  EXPECT_EQ(compare_lines("f cksum=1219131554\n", tree,
                          {.keywords = {Keyword::cksum, Keyword::md5digest}}),
            (Lines{"f: md5digest  -> 900150983cd24fb0d6963f7d28e17f72"}));
  EXPECT_EQ(compare_lines("f md5=0\n", tree, {.keywords = {Keyword::size}}),
            (Lines{"f: size  -> 3"}))
      << "not asked for";
}

TEST(Compare, KnowsNamesOfOwners) {
  MemoryTree tree;
  Entry f = entry("f");
  f.uid = 7;
  f.gid = 8;
  tree.put(f);
  CompareOptions options;
  options.keywords = {Keyword::uname, Keyword::gname};
  EXPECT_EQ(compare_lines("f uname=u gname=g\n", tree, options),
            (Lines{"f: uname u -> ", "f: gname g -> "}))
      << "nobody knows names";
  options.facts.owner_names.user = [](std::uint32_t id) { return "u " + std::to_string(id); };
  options.facts.owner_names.group = [](std::uint32_t) { return std::nullopt; };
  EXPECT_EQ(compare_lines("f uname=u\\0407\n", tree, options), Lines{});
  EXPECT_EQ(compare_lines("f uname=u\\0408 gname=g\n", tree, options),
            (Lines{"f: uname u\\0408 -> u\\0407", "f: gname g -> "}));
  options.facts.owner_names.user = [](std::uint32_t) { return "DOMAIN\\user"; };
  EXPECT_EQ(compare_lines("f uname=DOMAIN\\user\n", tree, options), Lines{}) << "not encoded";
  EXPECT_EQ(compare_lines("f uname=DOMAIN\\\\user\n", tree, options), Lines{});
}

TEST(Compare, AsksTheHostForNames) {
  const OwnerNames names = host_owner_names();
  EXPECT_EQ(names.user(0), "root");
  EXPECT_EQ(names.group(0), "root");
  EXPECT_EQ(names.user(0), "root") << "from the cache";
  EXPECT_EQ(names.user(4'294'000'000), std::nullopt);
  EXPECT_EQ(names.group(4'294'000'000), std::nullopt);
}

TEST(Compare, ReportsALineForEachPath) {
  MemoryTree tree;
  tree.put(entry("n \"e\"\\\n"));
  tree.put(entry("changed"));
  Stream stream(tree);
  const auto deltas = compare(Manifest::parse("changed uid=5 mode=0600\nold\n"), stream,
                              {.keywords = {Keyword::mode, Keyword::uid}});
  Lines lines;
  for (const Delta& delta : deltas) lines.push_back(report_line(delta));
  EXPECT_EQ(lines, (Lines{"\"changed\": keyword \"uid\": expected 5; got 0",
                          "\"n \\\"e\\\"\\134\\012\": unexpected path", "\"old\": missing path"}));
}

}  // namespace
}  // namespace umoci::mtree
