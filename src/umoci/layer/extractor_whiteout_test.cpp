// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/extractor.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace umoci::layer::test {
namespace {

std::vector<std::string> paths_of(const Tree& tree) {
  std::vector<std::string> paths;
  for (const auto& [path, found] : tree) {
    if (path != ".") paths.push_back(path);
  }
  return paths;
}

using Paths = std::vector<std::string>;

Paths paths_after(const std::vector<Layer>& layers) {
  Extraction extraction;
  extraction.apply(layers);
  return paths_of(extraction.tree());
}

TEST(ExtractorWhiteout, RemovesFilesLinksAndWholeDirectories) {
  const Layer lower{directory("d"), file("d/f"),       directory("d/e"), file("d/e/g"),
                    file("f"),      symlink("l", "d"), file("kept")};
  EXPECT_EQ(paths_after({lower, {whiteout("d"), whiteout("f"), whiteout("l")}}), Paths{"kept"});
  EXPECT_EQ(paths_after({lower, {whiteout("d/e")}}), (Paths{"d", "d/f", "f", "kept", "l"}));
  // Only the link goes, not what it leads to.
  EXPECT_EQ(paths_after({lower, {whiteout("l")}}),
            (Paths{"d", "d/e", "d/e/g", "d/f", "f", "kept"}));
}

TEST(ExtractorWhiteout, OfNothingChangesNothing) {
  const Layer lower{directory("d"), file("d/f"), file("f")};
  Extraction extraction;
  extraction.apply({lower});
  const Tree before = extraction.tree();
  extraction.apply({{whiteout("x"), whiteout("d/x"), whiteout("no/such/x"), whiteout("f/x"),
                     whiteout("no/"), whiteout("f/"), whiteout(".wh.plnk"), whiteout(".wh.aufs")}});
  EXPECT_EQ(extraction.tree(), before);
}

TEST(ExtractorWhiteout, NeverAppearsAndNeverMakesItsDirectory) {
  EXPECT_EQ(paths_after({{whiteout("a/b"), whiteout("c/"), whiteout("d")}}), Paths{});
}

TEST(ExtractorWhiteout, OpaqueClearsADirectoryButKeepsIt) {
  const Layer lower{directory("d").mode(0711).mtime(5), file("d/f"), directory("d/e"),
                    file("d/e/g"), file("f")};
  Extraction extraction;
  extraction.apply({lower, {whiteout("d/")}});
  EXPECT_EQ(paths_of(extraction.tree()), (Paths{"d", "f"}));
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0711U);
  EXPECT_EQ(extraction.found("d").mtime, 5);
  EXPECT_EQ(paths_after({lower, {whiteout("")}}), Paths{});
}

TEST(ExtractorWhiteout, SparesWhatItsOwnLayerBrought) {
  const Layer lower{directory("d"), file("d/old"), directory("d/e"), file("d/e/old")};
  const Layer entries{file("d/new"), file("d/e/deep/new"), file("d/e/old", "replaced")};
  for (const std::string_view hidden : {"d", "d/", ""}) {
    for (std::size_t position = 0; position <= entries.size(); ++position) {
      Layer upper = entries;
      upper.insert(upper.begin() + static_cast<std::ptrdiff_t>(position), whiteout(hidden));
      EXPECT_EQ(paths_after({lower, upper}),
                (Paths{"d", "d/e", "d/e/deep", "d/e/deep/new", "d/e/old", "d/new"}))
          << hidden << " at " << position;
    }
  }
}

TEST(ExtractorWhiteout, SparesHardLinksOfItsLayer) {
  const Layer lower{file("f", "lower"), file("g", "lower")};
  EXPECT_EQ(paths_after({lower, {hard_link("f", "g"), whiteout("f")}}), (Paths{"f", "g"}));
  EXPECT_EQ(paths_after({lower, {file("x"), hard_link("f", "x"), whiteout("")}}),
            (Paths{"f", "x"}));
}

TEST(ExtractorWhiteout, HidesWhatTheLayerBeforeBrought) {
  EXPECT_EQ(paths_after({{file("d/a")}, {file("d/b")}, {whiteout("d/a"), whiteout("d/b")}}),
            Paths{"d"});
}

TEST(ExtractorWhiteout, DirectoriesLeftForTheirContentAreImplied) {
  Extraction extraction;
  const Layer lower{directory("/").mtime(10),
                    directory("d").mode(0700).mtime(5).xattr("user.a", "1"),
                    directory("d/e").mode(01777).mtime(6), file("d/e/old")};
  const Layer upper{file("d/e/new"), whiteout("d")};
  extraction.apply({lower, upper});
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0755U);
  EXPECT_EQ(extraction.found("d").mtime, 10);
  EXPECT_TRUE(extraction.found("d").xattrs.empty());
  EXPECT_EQ(extraction.found("d/e").mode, S_IFDIR | 0755U);
  EXPECT_EQ(extraction.found("d/e").mtime, 10);
  EXPECT_FALSE(extraction.exists("d/e/old"));

  Extraction whiteout_first;
  whiteout_first.apply({lower, {upper[1], upper[0]}});
  EXPECT_EQ(extraction.tree(), whiteout_first.tree());
}

TEST(ExtractorWhiteout, DirectoriesLeftForTheirContentTakeTheTimeOfAnUnchangedParent) {
  Extraction extraction;
  extraction.apply(
      {{directory("a").mtime(5), directory("a/b").mtime(6), directory("a/b/c").mtime(7)}});
  extraction.apply({{file("a/b/c/f"), whiteout("a/b")}});
  for (const std::string name : {"a", "a/b", "a/b/c"}) EXPECT_EQ(extraction.found(name).mtime, 5);
}

TEST(ExtractorWhiteout, DirectoriesStatedInTheirLayerKeepWhatItSays) {
  Extraction extraction;
  extraction.apply({{directory("d").mode(0700).mtime(5), file("d/old")},
                    {directory("d").mode(0750).mtime(6), file("d/new"), whiteout("d")}});
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0750U);
  EXPECT_EQ(extraction.found("d").mtime, 6);
  EXPECT_EQ(paths_of(extraction.tree()), (Paths{"d", "d/new"}));
}

TEST(ExtractorWhiteout, DirectoriesKeepTheirTimeWhenSomethingInThemIsHidden) {
  Extraction extraction;
  extraction.apply(
      {{directory("a").mtime(5), directory("a/b").mtime(6), file("a/b/c"), file("a/f")}});
  extraction.apply({{whiteout("a/b/c"), whiteout("a/f")}});
  EXPECT_EQ(extraction.found("a").mtime, 5);
  EXPECT_EQ(extraction.found("a/b").mtime, 6);
}

TEST(ExtractorWhiteout, ActsWhereLinksOfLowerLayersLead) {
  const Layer lower{directory("real"), file("real/f"), file("real/g"), symlink("link", "/real")};
  EXPECT_EQ(paths_after({lower, {whiteout("link/f")}}), (Paths{"link", "real", "real/g"}));
  EXPECT_EQ(paths_after({lower, {whiteout("link/")}}), (Paths{"link", "real"}));
}

// What umoci writes when a directory gives way to a link: the link, and whiteouts for all that was
// in the directory. They must not hit what the link leads to.
TEST(ExtractorWhiteout, DoesNotActWhereLinksOfItsOwnLayerLead) {
  const Layer lower{directory("bin"), file("bin/ls"), directory("usr/bin"), file("usr/bin/ls")};
  for (const Layer& upper :
       {Layer{symlink("bin", "usr/bin"), whiteout("bin/ls")},
        Layer{symlink("bin", "usr/bin"), file("bin/new"), whiteout("bin/ls"), whiteout("bin/")},
        Layer{whiteout("bin/ls"), symlink("bin", "usr/bin")}}) {
    Paths paths = paths_after({lower, upper});
    EXPECT_EQ(std::count(paths.begin(), paths.end(), "usr/bin/ls"), 1);
  }
}

TEST(ExtractorWhiteout, ActsWhereLinksOfTheLayerBeforeLead) {
  EXPECT_EQ(paths_after({{symlink("l", "d"), file("l/f")}, {whiteout("l/f")}}), (Paths{"d", "l"}));
  // The link gave way to a directory.
  EXPECT_EQ(paths_after({{symlink("l", "f"), file("f"), file("l/g")}, {whiteout("l/g")}}),
            (Paths{"f", "l"}));
  EXPECT_EQ(paths_after({{file("l/g"), file("f")},
                         {symlink("l", "f"), file("l/h"), whiteout("l/g"), whiteout("l/h")}}),
            (Paths{"f", "l", "l/h"}));
}

TEST(ExtractorWhiteout, ManyInOneLayerTakeNoLongTime) {
  const InMemory in_memory;
  Layer upper;
  for (int i = 0; i < 300; ++i)
    upper.push_back(file("d/" + std::to_string(i % 10) + "/" + std::to_string(i)));
  for (int i = 0; i < 20000; ++i)
    upper.push_back(whiteout(i % 3 == 0 ? "" : i % 3 == 1 ? "d/" : "d"));
  Extraction extraction;
  extraction.apply({{file("d/old"), file("d/1/old")}, upper});
  EXPECT_FALSE(extraction.exists("d/old"));
  EXPECT_FALSE(extraction.exists("d/1/old"));
  EXPECT_EQ(extraction.tree().size(), 312U);
}

TEST(ExtractorWhiteout, ComesAgainToWhatWasBroughtSince) {
  Extraction extraction;
  extraction.apply({{directory("/").mtime(3), directory("d").mtime(5), file("d/old"),
                     directory("d/e").mtime(6), file("d/e/old")},
                    {whiteout("d/"), file("d/e/new"), whiteout("d/"), whiteout("d/e/"),
                     whiteout("d"), whiteout("d/e")}});
  EXPECT_EQ(paths_of(extraction.tree()), (Paths{"d", "d/e", "d/e/new"}));
  EXPECT_EQ(extraction.found("d").mtime, 3);
  EXPECT_EQ(extraction.found("d/e").mtime, 3);
}

TEST(ExtractorWhiteout, RejectsMarkersThatNameNoEntry) {
  for (const std::string_view name : {".wh.", ".wh..", ".wh...", "d/.wh.", "d/.wh..", "d/.wh...",
                                      ".wh.x/f", "d/.wh.d/e/f", ".wh..wh..opq/f"}) {
    Extraction extraction;
    extraction.apply({{directory("d"), file("d/f"), file("f")}});
    const Tree before = extraction.tree();
    try {
      extraction.apply({{file(name)}});
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_data) << name;
    }
    EXPECT_EQ(extraction.tree(), before) << name;
  }
}

TEST(ExtractorWhiteout, IsToldByItsNameWhateverItsType) {
  Item marker = directory(".wh.f");
  EXPECT_EQ(paths_after({{file("f"), file("g")}, {marker}}), Paths{"g"});
  marker = file(".wh.g", "content is ignored");
  EXPECT_EQ(paths_after({{file("f"), file("g")}, {marker}}), Paths{"f"});
}

}  // namespace
}  // namespace umoci::layer::test
