// SPDX-License-Identifier: Apache-2.0
// Other programs read what we write, and we read what they write.
#include <umoci/mtree/compare.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/mtree/vis.hpp>

#include <umoci_test/disk_tree.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace umoci::mtree {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::read_tree;
using test::run_program;
using test::TemporaryDirectory;
using test::write_file;
using tree::MemoryTree;

/// Names that show how a program encodes and splits.
const std::vector<std::string> odd_names{
    "plain", "a b",     "tab\tx",      "lf\n..",   "cr\r",          "#hash",
    "x#y",   "set",     "..foo",       "...",      "back\\slash\\", "\\",
    "*?[x]", "%20\"=^", "caf\xc3\xa9", "\xff\xfe", "\xc2\x85",      "\x01\x7f",
    "-k",    "a=b",     "type=dir",    "optional"};

void set_time(const fs::path& path, std::int64_t seconds) {
  const timespec times[2] = {{.tv_sec = seconds, .tv_nsec = 0}, {.tv_sec = seconds, .tv_nsec = 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
}

/// What anybody may create: odd names, modes, times, links.
void make_plain_tree(const fs::path& root) {
  fs::create_directories(root / "a dir" / "sub");
  fs::create_directory(root / "empty");
  for (const std::string& name : odd_names) write_file(root / name, name);
  for (const std::string& name : odd_names) write_file(root / "a dir" / name, "");
  for (const char* name : {"a dir/caf\xc3\xa9 \xff*", "a dir/x=y", "a dir/sub/..."}) {
    fs::create_directory(root / name);
    write_file(root / name / "f", "f");
  }
  fs::create_symlink("target with #\\ and \xff", root / "link");
  fs::create_hard_link(root / "plain", root / "a dir" / "hard link");
  ASSERT_EQ(::mkfifo((root / "fifo").c_str(), 0640), 0);
  ASSERT_EQ(::chmod((root / "a b").c_str(), 04755), 0);
  ASSERT_EQ(::chmod((root / "set").c_str(), 0664), 0);
  ASSERT_EQ(::chmod((root / "empty").c_str(), 01777), 0);
  set_time(root / "a b", -5);
  set_time(root / "link", 1'000'000'000);
}

/// What only root may.
void make_root_tree(const fs::path& root) {
  make_plain_tree(root);
  ASSERT_EQ(::chmod((root / "...").c_str(), 0), 0);
  ASSERT_EQ(::mknod((root / "char").c_str(), S_IFCHR | 0600, makedev(1, 3)), 0);
  ASSERT_EQ(::mknod((root / "block").c_str(), S_IFBLK | 0600, makedev(259, 70000)), 0);
  ASSERT_EQ(::lchown((root / "a dir").c_str(), 5, 6), 0);
  ASSERT_EQ(::lchown((root / "link").c_str(), 7, 8), 0);
  const std::string value("\0binary\xff=\n", 10);
  for (const char* name : {"plain", "empty", "link", "char", "fifo", "a dir/sub"}) {
    ASSERT_EQ(::lsetxattr((root / name).c_str(), "trusted.odd #\\\xc3\xa9", value.data(),
                          value.size(), 0),
              0)
        << name;
  }
}

std::vector<std::string> lines_of(const std::vector<Delta>& deltas) {
  std::vector<std::string> lines;
  for (const Delta& delta : deltas) {
    std::string line = vis(delta.path.text());
    if (delta.kind == DeltaKind::missing) line += " missing";
    if (delta.kind == DeltaKind::extra) line += " extra";
    for (const Difference& difference : delta.differences) {
      line += ' ' + difference.keyword + '=' + difference.expected + "->" + difference.actual;
    }
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

Lines compare_lines(const Manifest& manifest, const MemoryTree& tree, KeywordSet keywords) {
  const auto entries = tree.entries();
  return lines_of(compare(manifest, *entries, {.keywords = keywords}));
}

/// The value behind a label of a manifest's header.
std::optional<std::string> header_value(std::string_view text, const std::string& label) {
  const std::size_t at = text.find(" " + label + ": ");
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t start = at + label.size() + 3;
  return std::string(text.substr(start, text.find('\n', start) - start));
}

Header header_of(std::string_view text) {
  return {.user = header_value(text, "user"),
          .machine = header_value(text, "machine"),
          .tree = header_value(text, "tree").value_or(""),
          .date = header_value(text, "date").value_or("")};
}

/// `text` without the lines that only this library reads.
std::string without_extensions(std::string_view text) {
  std::string rest;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n') + 1);
    text.remove_prefix(line.size());
    if (line.find_first_not_of(' ') != line.find("#umoci:")) rest += line;
  }
  return rest;
}

// ---------------------------------------------------------------------------------------------
// umoci

/// A bundle that umoci unpacked from an image with make_root_tree() in it.
class WithUmoci : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root for device nodes and trusted attributes";
    if (!test::has_program("umoci")) GTEST_SKIP() << "umoci is not installed";
    if (!umoci({"--version"}).starts_with("umoci version 0.")) {
      GTEST_SKIP() << "the umoci on $PATH is not the one to compare with";
    }
    const fs::path source = directory_ / "source";
    fs::create_directory(source);
    make_root_tree(source);
    run({"tar", "--create", "--file", layer(), "--format=posix", "--xattrs", "--xattrs-include=*",
         "--directory", source, "."});
    umoci({"init", "--layout", layout()});
    umoci({"new", "--image", layout() + ":t"});
    umoci({"raw", "add-layer", "--image", layout() + ":t", layer()});
    umoci({"unpack", "--image", layout() + ":t", bundle()});
  }

  static std::string run(const std::vector<std::string>& arguments) {
    const auto result = run_program(arguments);
    EXPECT_EQ(result.status, 0) << arguments.at(0) << ": " << result.err << result.out;
    return result.out;
  }
  static std::string umoci(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "umoci");
    return run(arguments);
  }

  [[nodiscard]] std::string layer() const { return directory_ / "layer.tar"; }
  [[nodiscard]] std::string layout() const { return directory_ / "layout"; }
  [[nodiscard]] std::string bundle() const { return directory_ / "bundle"; }
  [[nodiscard]] fs::path rootfs() const { return directory_ / "bundle/rootfs"; }
  [[nodiscard]] fs::path manifest_file() const {
    for (const auto& found : fs::directory_iterator(bundle())) {
      if (found.path().extension() == ".mtree") return found.path();
    }
    ADD_FAILURE() << "no manifest in the bundle";
    return {};
  }

  /// Layers that umoci adds to the image when it packs the bundle as it is now.
  int layers_added() {
    umoci({"repack", "--image", layout() + ":r", bundle()});
    return layer_count("r") - layer_count("t");
  }

 private:
  int layer_count(const std::string& tag) {
    const std::string json = umoci({"stat", "--image", layout() + ":" + tag, "--json"});
    int count = 0;
    for (std::size_t at = 0; (at = json.find("\"layer\":{", at)) != std::string::npos; ++at)
      ++count;
    return count;
  }

  TemporaryDirectory directory_;
};

TEST_F(WithUmoci, ItsManifestDescribesTheTree) {
  const Manifest manifest = Manifest::parse(read_file(manifest_file()));
  EXPECT_EQ(compare_lines(manifest, *read_tree(rootfs()), bundle_keywords), Lines());
}

TEST_F(WithUmoci, ItsManifestKeepsItsBytes) {
  const std::string text = read_file(manifest_file());
  ASSERT_NE(text.find("xattr.trusted.odd"), std::string::npos);
  EXPECT_EQ(Manifest::parse(text).format(header_of(text), bundle_keywords), text);
}

TEST_F(WithUmoci, WeWriteTheSameManifest) {
  const std::string theirs = read_file(manifest_file());
  const auto tree = read_tree(rootfs());
  const std::string ours =
      collect(*tree->entries(), bundle_keywords).format(header_of(theirs), bundle_keywords);
  EXPECT_NE(ours, theirs) << "devices and attributes of symlinks are in there";
  EXPECT_EQ(without_extensions(ours), theirs);
}

TEST_F(WithUmoci, ItRepacksWithOurManifest) {
  const auto tree = read_tree(rootfs());
  const std::string theirs = read_file(manifest_file());
  const std::string ours =
      collect(*tree->entries(), bundle_keywords).format(header_of(theirs), bundle_keywords);
  write_file(manifest_file(), ours);
  EXPECT_EQ(layers_added(), 0);
  write_file(rootfs() / "new", "");
  EXPECT_EQ(layers_added(), 1) << "a change is seen";
}

TEST_F(WithUmoci, WeSeeWhatItDoesNot) {
  const Manifest theirs = Manifest::parse(read_file(manifest_file()));
  const auto before = read_tree(rootfs());
  const Manifest ours =
      Manifest::parse(collect(*before->entries(), bundle_keywords).format({}, bundle_keywords));
  ASSERT_EQ(::lremovexattr((rootfs() / "link").c_str(), "trusted.odd #\\\xc3\xa9"), 0);
  ASSERT_EQ(::lsetxattr((rootfs() / "block").c_str(), "trusted.new", "", 0, 0), 0);
  const auto after = read_tree(rootfs());
  EXPECT_EQ(compare_lines(theirs, *after, bundle_keywords), Lines());
  EXPECT_EQ(compare_lines(ours, *after, bundle_keywords),
            (Lines{"block xattr.trusted.new=->",
                   "link xattr.trusted.odd\\040\\043\\\\\\303\\251=AGJpbmFyef89Cg==->"}));
}

// ---------------------------------------------------------------------------------------------
// mtree(8) of NetBSD

constexpr KeywordSet netbsd_keywords{Keyword::size,  Keyword::type, Keyword::uid,
                                     Keyword::gid,   Keyword::mode, Keyword::link,
                                     Keyword::nlink, Keyword::time, Keyword::sha256digest};

class WithNetBsd : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::has_program("mtree")) GTEST_SKIP() << "mtree is not installed";
    if (::geteuid() == 0) {
      make_root_tree(root());
    } else {
      make_plain_tree(root());
    }
    // It takes names in a manifest for patterns, its own ones too.
    fs::remove(root() / "*?[x]");
    fs::remove(root() / "a dir/*?[x]");
    fs::rename(root() / "a dir/caf\xc3\xa9 \xff*", root() / "a dir/caf\xc3\xa9 \xff");
  }

  [[nodiscard]] fs::path root() const { return directory_.path(); }

  static test::ProgramResult mtree(std::vector<std::string> arguments,
                                   std::string_view input = {}) {
    arguments.insert(arguments.begin(), "mtree");
    return run_program(arguments, input);
  }

 private:
  TemporaryDirectory directory_;
};

TEST_F(WithNetBsd, ItFindsTheTreeOfOurManifest) {
  const auto tree = read_tree(root());
  const std::string text =
      collect(*tree->entries(), netbsd_keywords | KeywordSet{Keyword::device})
          .format({.tree = "t", .date = "d"}, netbsd_keywords | KeywordSet{Keyword::device});
  const auto same = mtree({"-p", root()}, text);
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_EQ(same.out, "");

  ASSERT_EQ(::chmod((root() / "plain").c_str(), 0600), 0);
  write_file(root() / "new", "");
  fs::remove(root() / "#hash");
  const auto changed = mtree({"-p", root()}, text);
  EXPECT_NE(changed.status, 0);
  EXPECT_NE(changed.out.find("plain"), std::string::npos) << changed.out;
  EXPECT_NE(changed.out.find("extra: new"), std::string::npos) << changed.out;
  EXPECT_NE(changed.out.find("missing: ./"), std::string::npos) << changed.out;
}

TEST_F(WithNetBsd, WeFindTheTreeOfItsManifest) {
  const auto made =
      mtree({"-c", "-k", "type,uid,gid,mode,link,nlink,size,time,sha256,device", "-p", root()});
  ASSERT_EQ(made.status, 0) << made.err;
  const Manifest manifest = Manifest::parse(made.out);
  const auto tree = read_tree(root());
  EXPECT_EQ(manifest.records().size(), tree->nodes().size());
  EXPECT_EQ(compare_lines(manifest, *tree,
                          {Keyword::type, Keyword::mode, Keyword::link, Keyword::nlink,
                           Keyword::time, Keyword::uid, Keyword::gid, Keyword::device}),
            Lines());
  for (const Record& record : manifest.records()) {
    if (record.type != tree::EntryType::file) continue;
    EXPECT_TRUE(record.keywords.has(Keyword::sha256digest)) << record.path.display();
  }
  // Of what is no file it records neither a size nor a digest.
  KeywordSet files = {Keyword::sha256digest};
  EXPECT_EQ(compare_lines(manifest, *tree, files), Lines());
}

TEST_F(WithNetBsd, WeReadItsFullPaths) {
  // It turns ids into names.
  KeywordSet keywords = netbsd_keywords;
  keywords.remove(Keyword::uid);
  keywords.remove(Keyword::gid);
  const auto tree = read_tree(root());
  // Which names are one object stands in comments, which it drops.
  std::vector<Record> records = collect(*tree->entries(), keywords).records();
  for (Record& record : records) record.linked.clear();
  const Manifest ours(std::move(records));
  const auto converted =
      mtree({"-C", "-k", "all"}, ours.format({.tree = "t", .date = "d"}, keywords));
  ASSERT_EQ(converted.status, 0) << converted.err;
  const Manifest theirs = Manifest::parse(converted.out);
  EXPECT_EQ(theirs.format({}, keywords), ours.format({}, keywords));
  EXPECT_EQ(theirs, ours);
}

// Both programs judge one hand-written manifest alike.
TEST_F(WithNetBsd, WeUnderstandFlagsTheSameWay) {
  const TemporaryDirectory directory;
  fs::create_directories(directory / "d/e");
  write_file(directory / "d/x", "");
  write_file(directory / "f", "");
  ASSERT_EQ(::chmod((directory / "d").c_str(), 0755), 0);
  const std::string text =
      ". type=dir\n"
      "d type=dir mode=0111 ignore\n"
      "..\n"
      "f type=file\n"
      "q type=dir optional\n"
      "w type=file\n"
      "..\n"
      "r type=file optional\n"
      "s type=file\n"
      "..\n";
  const auto theirs = mtree({"-p", directory.path()}, text);
  EXPECT_EQ(theirs.out, "d:      permissions (0111, 0755)\nmissing: ./s\n");
  EXPECT_EQ(compare_lines(Manifest::parse(text), *read_tree(directory.path()), {Keyword::type}),
            (Lines{"s missing"}));
  EXPECT_EQ(compare_lines(Manifest::parse(text), *read_tree(directory.path()),
                          {Keyword::type, Keyword::mode})
                .at(1),
            "d mode=0111->0755");
}

}  // namespace
}  // namespace umoci::mtree
