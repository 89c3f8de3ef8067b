// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/extractor.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

namespace umoci::layer::test {
namespace {

// The metadata of directories, stated, implied and found, and what stands in the way of them.

TEST(ExtractorDirectory, KeepsItsTimeThoughEntriesFollow) {
  Extraction extraction;
  extraction.apply(
      {{directory("a").mtime(5), directory("a/b").mtime(6, 7), file("a/b/f"), file("a/g")},
       {file("a/h")}});
  EXPECT_EQ(extraction.found("a").mtime, 5);
  EXPECT_EQ(extraction.found("a/b").mtime, 6);
  EXPECT_EQ(extraction.found("a/b").mtime_nanoseconds, 7);
}

TEST(ExtractorDirectory, FoundInTheTreeKeepsItsMetadata) {
  Extraction extraction;
  extraction.apply({{directory("a").mode(0710).mtime(5, 500).xattr("user.x", "1")}});
  const Found before = extraction.found("a");
  extraction.apply({{file("a/f"), file("a/b/c")}});
  EXPECT_EQ(extraction.found("a"), before);
  EXPECT_EQ(extraction.found("a/b").mtime, 5);
  EXPECT_EQ(extraction.found("a/b").mtime_nanoseconds, 500);
}

TEST(ExtractorDirectory, ImpliedHasFixedMetadata) {
  Extraction extraction;
  extraction.apply({{directory("a").mtime(5).mode(0700), file("a/b/c/d/f"), file("x/y")}});
  for (const std::string path : {"a/b", "a/b/c", "a/b/c/d"}) {
    EXPECT_EQ(extraction.found(path).mode, S_IFDIR | 0755U);
    EXPECT_EQ(extraction.found(path).mtime, 5);
    EXPECT_EQ(extraction.found(path).uid, ::geteuid());
  }
  EXPECT_EQ(extraction.found("x").mtime, 0);  // the epoch, like the root
}

TEST(ExtractorDirectory, ImpliedIsCorrectedByALaterEntry) {
  Extraction extraction;
  extraction.apply({{file("a/b/f"), directory("a").mode(01777).mtime(9)}});
  EXPECT_EQ(extraction.found("a").mode, S_IFDIR | 01777U);
  EXPECT_EQ(extraction.found("a").mtime, 9);
  // It takes the time that its parent has in the end.
  EXPECT_EQ(extraction.found("a/b").mtime, 9);
}

TEST(ExtractorDirectory, ImpliedTakesItsTimeFromTheStateAfterItsOwnLayer) {
  const std::vector<Layer> layers{{directory("/").mtime(5), file("a/f")},
                                  {directory("/").mtime(6)}};
  Extraction together;
  together.apply(layers);
  EXPECT_EQ(together.found("a").mtime, 5);
  Extraction apart;
  apart.apply({layers[0]});
  apart.apply({layers[1]});
  EXPECT_EQ(together.tree(), apart.tree());
}

TEST(ExtractorDirectory, ReplacesAFileInItsWay) {
  Extraction extraction;
  extraction.apply({{file("a").mode(0444).mtime(3)}, {file("a/b/c", "x")}});
  EXPECT_EQ(extraction.found("a").mode, S_IFDIR | 0755U);
  EXPECT_EQ(extraction.found("a").mtime, 0);
  EXPECT_EQ(extraction.found("a/b/c").content, "x");
}

TEST(ExtractorDirectory, ReplacesALinkToAFileInItsWayButSparesTheFile) {
  Extraction extraction;
  extraction.apply({{file("f", "kept"), symlink("a", "l"), symlink("l", "f"), directory("d"),
                     symlink("d/deep", "../f/x/y")},
                    {file("a/b"), file("d/deep/c")}});
  EXPECT_EQ(extraction.found("f").content, "kept");
  EXPECT_EQ(extraction.found("l").content, "f");
  EXPECT_EQ(extraction.found("a").mode, S_IFDIR | 0755U);
  EXPECT_TRUE(extraction.exists("a/b"));
  EXPECT_TRUE(extraction.exists("d/deep/c"));
}

TEST(ExtractorDirectory, IsReachedThroughLinksInsideTheTree) {
  Extraction extraction;
  extraction.apply(
      {{directory("real").mtime(5), symlink("abs", "/real"), symlink("up", "../../../real"),
        symlink("chain", "abs"), directory("d"), symlink("d/back", ".."), file("abs/1"),
        file("up/2"), file("chain/3"), file("d/back/real/4")}});
  for (const std::string name : {"real/1", "real/2", "real/3", "real/4"}) {
    EXPECT_TRUE(extraction.exists(name)) << name;
  }
  EXPECT_EQ(extraction.found("real").mtime, 5);
}

TEST(ExtractorDirectory, IsMadeWhereADanglingLinkLeads) {
  Extraction extraction;
  extraction.apply({{symlink("l", "/a/b"), symlink("m", "l/c/../d"), file("l/f"), file("m/g")}});
  EXPECT_TRUE(extraction.exists("a/b/f"));
  EXPECT_TRUE(extraction.exists("a/b/d/g"));
  EXPECT_FALSE(extraction.exists("a/b/c"));
  EXPECT_EQ(extraction.found("l").content, "/a/b");
}

TEST(ExtractorDirectory, SeveralNamesForOneShareItsMetadata) {
  Extraction extraction;
  extraction.apply({{directory("a").mode(0700).mtime(5), directory("a/d").mode(0701).mtime(6),
                     symlink("l", "a"), directory("l/d").mode(0702).mtime(7), file("a/d/f")}});
  EXPECT_EQ(extraction.found("a/d").mode, S_IFDIR | 0702U);
  EXPECT_EQ(extraction.found("a/d").mtime, 7);
}

TEST(ExtractorDirectory, ForgetsWhatWasSaidOfADirectoryThatIsGone) {
  Extraction extraction;
  extraction.apply({{directory("d").mode(0700).mtime(5), directory("d/e").mode(0700), file("d"),
                     directory("d/e/x")}});
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0755U);
  EXPECT_EQ(extraction.found("d/e").mode, S_IFDIR | 0755U);

  Extraction hidden;
  hidden.apply({{directory("d").mode(0700).mtime(5)}, {whiteout("d")}, {file("d/f")}});
  EXPECT_EQ(hidden.found("d").mode, S_IFDIR | 0755U);
  EXPECT_EQ(hidden.found("d").mtime, 0);
}

// S08: what was opened under a name must not be used for what has that name now.
TEST(ExtractorDirectory, IsLookedUpAnewAfterItWasReplacedByALink) {
  Extraction extraction;
  extraction.apply(
      {{directory("d/e"), file("d/e/1"), directory("other/e"), symlink("d", "other"), file("d/e/2"),
        symlink("d", "third"), file("d/e/3"), directory("d"), file("d/e/4")}});
  EXPECT_FALSE(extraction.exists("other/e/1"));
  EXPECT_TRUE(extraction.exists("other/e/2"));
  EXPECT_TRUE(extraction.exists("third/e/3"));
  EXPECT_TRUE(extraction.exists("d/e/4"));
  EXPECT_FALSE(extraction.exists("d/e/3"));
}

TEST(ExtractorDirectory, IsLookedUpAnewAfterTheLinkToItWasReplaced) {
  Extraction extraction;
  extraction.apply({{symlink("l", "."), directory("l/l").mode(0700), file("l/f")}});
  EXPECT_TRUE(S_ISDIR(extraction.found("l").mode));
  EXPECT_TRUE(extraction.exists("l/f"));
  EXPECT_FALSE(extraction.exists("f"));
}

TEST(ExtractorDirectory, ReplacesALinkByDefault) {
  Extraction extraction;
  extraction.apply({{directory("real").mtime(5), file("real/f"), symlink("l", "real")},
                    {directory("l").mtime(6), file("l/g")}});
  EXPECT_TRUE(S_ISDIR(extraction.found("l").mode));
  EXPECT_TRUE(extraction.exists("l/g"));
  EXPECT_FALSE(extraction.exists("real/g"));
}

TEST(ExtractorDirectory, KeepsALinkToADirectoryIfAsked) {
  Extraction extraction({.dirlinks = Dirlinks::keep});
  extraction.apply(
      {{directory("real").mode(0711).mtime(5), file("f"), symlink("l", "/../real"),
        symlink("chain", "l"), symlink("dangling", "none"), symlink("to_file", "f"),
        symlink("loop", "loop")},
       {directory("l").mode(0700).mtime(6).xattr("user.a", "1"), file("l/g"), directory("chain"),
        file("chain/h"), directory("dangling"), directory("to_file"), directory("loop")}});
  EXPECT_EQ(extraction.found("l").content, "/../real");
  EXPECT_EQ(extraction.found("l").mtime, 1000);
  EXPECT_EQ(extraction.found("chain").content, "l");
  EXPECT_EQ(extraction.found("real").mode, S_IFDIR | 0711U);
  EXPECT_EQ(extraction.found("real").mtime, 5);
  EXPECT_TRUE(extraction.exists("real/g"));
  EXPECT_TRUE(extraction.exists("real/h"));
  for (const std::string name : {"dangling", "to_file", "loop"}) {
    EXPECT_TRUE(S_ISDIR(extraction.found(name).mode)) << name;
  }
  EXPECT_TRUE(S_ISREG(extraction.found("f").mode));
}

TEST(ExtractorDirectory, AKeptLinkCountsAsBroughtByTheLayer) {
  Extraction extraction({.dirlinks = Dirlinks::keep});
  extraction.apply({{directory("real"), symlink("l", "real")}, {directory("l"), whiteout("l")}});
  EXPECT_EQ(extraction.found("l").content, "real");
}

TEST(ExtractorDirectory, AKeptLinkStillLeadsWhiteoutsToLowerLayers) {
  Extraction extraction({.dirlinks = Dirlinks::keep});
  extraction.apply({{directory("real"), file("real/old"), symlink("l", "real")},
                    {directory("l"), file("l/new"), whiteout("l/old"), whiteout("l/new")}});
  EXPECT_FALSE(extraction.exists("real/old"));
  EXPECT_TRUE(extraction.exists("real/new"));
}

TEST(ExtractorDirectory, WhiteoutsActBehindAKeptLink) {
  const Layer lower{directory("usr/lib"), file("usr/lib/a"), file("usr/lib/b"),
                    symlink("lib", "usr/lib")};
  for (const Layer& upper :
       {Layer{directory("lib"), file("lib/c"), whiteout("lib/a")},
        Layer{whiteout("lib/a"), directory("lib"), file("lib/c")},
        Layer{directory("lib"), whiteout("lib/a"), directory("lib"), file("lib/c")}}) {
    Extraction extraction({.dirlinks = Dirlinks::keep});
    extraction.apply({lower, upper});
    EXPECT_FALSE(extraction.exists("usr/lib/a"));
    EXPECT_TRUE(extraction.exists("usr/lib/b"));
    EXPECT_TRUE(extraction.exists("usr/lib/c"));
  }
  for (const Layer& upper : {Layer{directory("lib"), file("lib/c"), whiteout("lib/")},
                             Layer{file("lib/c"), whiteout("lib/"), directory("lib")}}) {
    Extraction extraction({.dirlinks = Dirlinks::keep});
    extraction.apply({lower, upper});
    EXPECT_FALSE(extraction.exists("usr/lib/b"));
    EXPECT_TRUE(extraction.exists("usr/lib/c"));
    EXPECT_EQ(extraction.found("lib").content, "usr/lib");
  }
  // A link of the same layer is not kept, but brought: whiteouts were not written with it in mind.
  Extraction brought({.dirlinks = Dirlinks::keep});
  brought.apply({{directory("usr/lib"), file("usr/lib/a")},
                 {symlink("lib", "usr/lib"), directory("lib"), whiteout("lib/a")}});
  EXPECT_TRUE(brought.exists("usr/lib/a"));
}

TEST(ExtractorDirectory, LinksLeadToNoReservedNames) {
  for (const std::string target : {".wh.x", "d/.wh.x/y", "/.wh..wh.plnk"}) {
    Extraction extraction;
    EXPECT_THROW(extraction.apply({{directory("d"), symlink("l", target), file("l/f")}}), Error);
    EXPECT_FALSE(extraction.exists(target));
  }
}

TEST(ExtractorDirectory, LoopsOfLinksAreRefused) {
  Extraction extraction;
  try {
    extraction.apply({{symlink("a", "b"), symlink("b", "a"), file("a/f")}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsafe_path);
  }
}

TEST(ExtractorDirectory, IsNotLookedForBehindTooManyLinks) {
  // 250 links one after the other lead to the root; six more are too many.
  Layer layer{symlink("l0", "/")};
  for (int i = 1; i < 250; ++i)
    layer.push_back(symlink("l" + std::to_string(i), "l" + std::to_string(i - 1)));
  const auto apply = [&](const std::string& path) {
    Extraction extraction;
    Layer all = layer;
    all.push_back(file(path));
    extraction.apply({all});
    return extraction.exists("f");
  };
  EXPECT_TRUE(apply("l249/l0/l0/l0/l0/l0/f"));
  EXPECT_THROW(apply("l249/l0/l0/l0/l0/l0/l0/f"), Error);
  EXPECT_THROW(apply("l249/l249/f"), Error);
}

TEST(ExtractorDirectory, IsAsFarBehindLinksWhateverWasOpenedBefore) {
  Layer layer;
  for (const std::string chain : {"a", "d/b"}) {
    layer.push_back(symlink(chain + "0", "/d"));
    for (int i = 1; i < 200; ++i) {
      layer.push_back(symlink(chain + std::to_string(i), "/" + chain + std::to_string(i - 1)));
    }
  }
  const Item far = file("a199/b199/y");  // 400 links
  Extraction alone;
  Layer first = layer;
  first.push_back(far);
  EXPECT_THROW(alone.apply({first}), Error);
  Extraction near;
  Layer second = layer;
  second.push_back(file("a199/x"));  // opens what the first half of them lead to
  second.push_back(far);
  EXPECT_THROW(near.apply({second}), Error);
}

TEST(ExtractorDirectory, CanLieVeryDeep) {
  const InMemory in_memory;
  const FewDescriptors few_descriptors;
  constexpr int depth = 3000;  // beyond any limit on paths
  std::string path;
  for (int i = 0; i < depth; ++i) path += "dir/";
  Extraction extraction;
  Layer layer{file(path + "f", "deep"), directory(path).mode(0700).mtime(5), file("dir/g")};
  extraction.apply({layer, {whiteout(path + "f"), file(path + "h"), whiteout("dir")}});
  const fs::Root root = fs::Root::open(extraction.path());
  const auto bottom = root.open_directory(tree::TreePath::clean(path));
  ASSERT_TRUE(bottom);
  EXPECT_EQ(bottom->status().st_mode, S_IFDIR | 0755U);
  EXPECT_EQ(bottom->status().st_mtim.tv_sec, 0);
  EXPECT_EQ(bottom->list(), std::vector<std::string>{"h"});
}

TEST(ExtractorDirectory, AHundredThousandMayLieBelowEachOther) {
  const InMemory in_memory;
  const FewDescriptors few_descriptors;
#ifdef __SANITIZE_ADDRESS__
  constexpr int depth = 10'000;
#else
  constexpr int depth = 100'000 - 1;
#endif
  std::string path;
  for (int i = 0; i < depth; ++i) path += "d/";
  Extraction extraction;
  extraction.apply({{file(path + "f", "deep"), directory(path).mode(0700).mtime(5)},
                    {whiteout(path + "f"), hard_link(path + "g", "e"), file("e")}});
  {
    // Not open while all above is removed: the kernel would walk down to it each time.
    const fs::Root root = fs::Root::open(extraction.path());
    const auto bottom = root.open_directory(tree::TreePath::clean(path));
    ASSERT_TRUE(bottom);
    EXPECT_EQ(bottom->list(), std::vector<std::string>{"g"});
    EXPECT_EQ(bottom->status().st_mtim.tv_sec, 5);
  }
  extraction.apply({{whiteout("d")}});
  EXPECT_FALSE(extraction.exists("d"));
}

TEST(ExtractorDirectory, SeveralBranchesCanLieVeryDeep) {
  const InMemory in_memory;
  std::string trunk;
  for (int i = 0; i < 400; ++i) trunk += "t/";
  Extraction extraction;
  Layer layer;
  for (const std::string branch : {"a/", "b/", "c/"}) {
    std::string path = trunk + branch;
    for (int i = 0; i < 300; ++i) path += "x/";
    layer.push_back(directory(path).mtime(7));
  }
  layer.push_back(directory(trunk).mtime(8).mode(0711));
  extraction.apply({layer});
  const fs::Root root = fs::Root::open(extraction.path());
  const auto fork = root.open_directory(tree::TreePath::clean(trunk));
  ASSERT_TRUE(fork);
  EXPECT_EQ(fork->status().st_mtim.tv_sec, 8);
  EXPECT_EQ(fork->open_directory("b")->status().st_mtim.tv_sec, 8);
  EXPECT_EQ(fork->status().st_mode, S_IFDIR | 0711U);
}

TEST(ExtractorDirectory, ReplacedMeanwhileIsAConflict) {
  Extraction extraction;
  const fs::Root root = fs::Root::open(extraction.path());
  Extractor extractor(root, {});
  io::BytesSource nothing{io::Bytes{}};
  extractor.begin_layer();
  extractor.put(directory("d").mode(0777).entry, nothing);
  extractor.end_layer();
  std::filesystem::rename(extraction / "d", extraction / "moved");
  std::filesystem::create_directory(extraction / "d");
  ::chmod((extraction / "d").c_str(), 0700);
  try {
    extractor.finish();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
  }
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0700U);
}

TEST(ExtractorDirectory, ALinkMadeMeanwhileIsFollowed) {
  // While b/c is missing, b/c/.. is b. As soon as it is a link it leads elsewhere, and `a` with it.
  for (const Item& link : {symlink("a/c", "/d/e"), hard_link("a/c", "former")}) {
    Extraction extraction;
    extraction.apply({{symlink("former", "/d/e"), symlink("a", "b/c/.."), link, file("a/c/f")}});
    EXPECT_EQ(extraction.found("b/c").content, "/d/e");
    EXPECT_FALSE(extraction.exists("d/e/f"));
    EXPECT_TRUE(extraction.exists("d/c/f"));
  }
}

}  // namespace
}  // namespace umoci::layer::test
