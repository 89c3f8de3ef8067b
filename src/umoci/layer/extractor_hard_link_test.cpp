// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/extractor.hpp>

#include <gtest/gtest.h>

namespace umoci::layer::test {
namespace {

ErrorKind kind_after(const std::vector<Layer>& layers) {
  Extraction extraction;
  try {
    extraction.apply(layers);
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::internal;
}

TEST(ExtractorHardLink, SharesTheInodeAndLeavesItsMetadata) {
  Extraction extraction;
  extraction.apply(
      {{file("d/f", "x").mode(0640).mtime(5), hard_link("l", "d/f").mode(0777).mtime(9)}});
  EXPECT_EQ(extraction.found("l").content, "x");
  EXPECT_EQ(extraction.found("l").mode, S_IFREG | 0640U);
  EXPECT_EQ(extraction.found("l").mtime, 5);
  EXPECT_EQ(extraction.tree().at("l").same_as, "d/f");
}

TEST(ExtractorHardLink, TargetsAreRelativeToTheRootHoweverWritten) {
  for (const std::string target : {"d/f", "/d/f", "./d/f", "../../d/f", "x/../d//f", "link/f"}) {
    Extraction extraction;
    extraction.apply({{file("d/f", "x"), symlink("link", "/d"), hard_link("e/l", target)}});
    EXPECT_EQ(extraction.tree().at("e/l").same_as, "d/f") << target;
  }
}

TEST(ExtractorHardLink, LinksALinkItself) {
  Extraction extraction;
  extraction.apply({{file("f", "x"), symlink("s", "f"), hard_link("l", "s")}});
  EXPECT_EQ(extraction.found("l").content, "f");
  EXPECT_TRUE(S_ISLNK(extraction.found("l").mode));
}

// CVE-2018-20834: what follows must not be written through the link.
TEST(ExtractorHardLink, ToALinkIsReplacedNotFollowed) {
  Extraction extraction;
  extraction.apply({{file("f", "kept"), symlink("s", "f"), hard_link("l", "s"), file("l", "new")}});
  EXPECT_EQ(extraction.found("f").content, "kept");
  EXPECT_EQ(extraction.found("l").content, "new");
}

TEST(ExtractorHardLink, MayNameAFileOfALowerLayer) {
  Extraction extraction;
  extraction.apply({{file("f", "x")}, {hard_link("l", "f")}});
  EXPECT_EQ(extraction.tree().at("l").same_as, "f");
}

TEST(ExtractorHardLink, CanBeMadeAnew) {
  Extraction extraction;
  extraction.apply(
      {{file("f", "x"), hard_link("l", "f")}, {hard_link("l", "f")}, {hard_link("f", "l")}});
  EXPECT_EQ(extraction.tree().at("l").same_as, "f");
  EXPECT_EQ(extraction.found("f").content, "x");
}

TEST(ExtractorHardLink, MayStandBeforeItsTarget) {
  Extraction extraction;
  extraction.apply(
      {{hard_link("a/l", "z/f"), hard_link("b", "c"), hard_link("c", "a/l"), file("z/f", "x")}});
  const Tree tree = extraction.tree();
  EXPECT_EQ(tree.at("b").same_as, "a/l");
  EXPECT_EQ(tree.at("c").same_as, "a/l");
  EXPECT_EQ(tree.at("z/f").same_as, "a/l");
  EXPECT_EQ(tree.at("b").content, "x");
  EXPECT_EQ(tree.at("a").mtime, 0);
}

TEST(ExtractorHardLink, BeforeItsTargetReplacesWhatWasThere) {
  Extraction extraction;
  extraction.apply(
      {{directory("l"), file("l/old")}, {hard_link("l", "f"), whiteout("l"), file("f", "x")}});
  EXPECT_EQ(extraction.tree().at("l").same_as, "f");
}

TEST(ExtractorHardLink, BeforeItsTargetGivesWayToLaterEntries) {
  for (const Item& later : {file("d/l", "later"), directory("d/l"), symlink("d/l", "later"),
                            file("d/l/below"), file("d", "instead"), hard_link("d/l", "other")}) {
    Extraction extraction;
    extraction.apply({{file("other", "o"), hard_link("d/l", "z"), later, file("z", "target")}});
    EXPECT_EQ(extraction.tree().at("z").same_as, "z") << later.entry.path.display();
    EXPECT_TRUE(extraction.exists(later.entry.path.text()));
  }
}

TEST(ExtractorHardLink, ManyBeforeTheirTargetTakeNoLongTime) {
  Layer layer;
  constexpr int count = 1000;
  for (int i = 0; i < count; ++i)
    layer.push_back(hard_link("l" + std::to_string(i), "l" + std::to_string(i + 1)));
  layer.push_back(file("l" + std::to_string(count), "x"));
  Extraction extraction;
  extraction.apply({layer});
  EXPECT_EQ(extraction.found("l0").content, "x");
  EXPECT_EQ(extraction.tree().at("l999").same_as, "l0");
}

TEST(ExtractorHardLink, ImpossibleOnesAreRefused) {
  EXPECT_EQ(kind_after({{hard_link("l", "missing")}}), ErrorKind::invalid_data);
  EXPECT_EQ(kind_after({{hard_link("l", "no/such/file")}}), ErrorKind::invalid_data);
  EXPECT_EQ(kind_after({{hard_link("l", "")}}), ErrorKind::invalid_data);
  EXPECT_EQ(kind_after({{hard_link("l", "/..")}}), ErrorKind::invalid_data);
  EXPECT_EQ(kind_after({{directory("d"), hard_link("l", "d")}}), ErrorKind::invalid_data);
  EXPECT_EQ(kind_after({{hard_link("l", "d"), directory("d")}}), ErrorKind::invalid_data);
  EXPECT_EQ(kind_after({{hard_link("a", "b"), hard_link("b", "a")}}), ErrorKind::invalid_data);
  EXPECT_EQ(kind_after({{file("f"), hard_link("f/x", "f")}}), ErrorKind::invalid_data);
}

TEST(ExtractorHardLink, ToItselfOrIntoWhatItReplacesIsRefusedBeforeAnythingChanges) {
  const Layer lower{directory("d"), file("d/f", "x"), symlink("s", "d"), file("f", "y")};
  for (const Item& entry : {hard_link("f", "f"), hard_link("f", "/x/../f"), hard_link("s/f", "d/f"),
                            hard_link("d", "d/f"), hard_link("d", "s/f")}) {
    Extraction extraction;
    extraction.apply({lower});
    const Tree before = extraction.tree();
    EXPECT_THROW(extraction.apply({{entry}}), Error);
    EXPECT_EQ(extraction.tree(), before) << entry.entry.path.display();
  }
  // Also if what it names only waits for something, and whatever comes after it.
  EXPECT_EQ(kind_after({{hard_link("d/l", "f"), hard_link("d", "d/l"), file("d/x"), file("f")}}),
            ErrorKind::invalid_data);
}

TEST(ExtractorHardLink, MayLieWhereItsOwnTargetLeads) {
  Extraction extraction;
  extraction.apply({{directory("d"), file("d/f", "x"), symlink("a", "d"), hard_link("a/b", "a"),
                     symlink("e", "d"), hard_link("e", "e/f")}});
  EXPECT_EQ(extraction.found("d/b").content, "d");
  EXPECT_EQ(extraction.found("e").content, "x");
  EXPECT_EQ(extraction.tree().at("e").same_as, "d/f");
}

TEST(ExtractorHardLink, WorksForFifos) {
  Extraction extraction;
  extraction.apply({{item(tree::EntryType::fifo, "p", 0600), hard_link("q", "p")}});
  EXPECT_EQ(extraction.tree().at("q").same_as, "p");
}

}  // namespace
}  // namespace umoci::layer::test
