// SPDX-License-Identifier: Apache-2.0
// What the disk cannot hold is kept in a manifest, in comments that other programs skip.
#include <umoci/base/error.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace umoci::mtree {
namespace {

using testing::HasSubstr;
using tree::Entry;
using tree::EntryType;
using tree::ImageFacts;
using tree::TreePath;

constexpr ImageFacts owned{.owner = ImageFacts::Owner{.uid = 5, .gid = 6}, .device = {}};
constexpr ImageFacts disk{.owner = {},
                          .device = ImageFacts::Device{.type = EntryType::block_device,
                                                       .number = {.major = 8, .minor = 1048575}}};

Entry entry(std::string_view path, EntryType type) {
  Entry made;
  made.path = TreePath::clean(path);
  made.type = type;
  return made;
}

Entry link(std::string_view path, std::string target) {
  Entry made = entry(path, EntryType::symlink);
  made.link = std::move(target);
  return made;
}

/// A link of somebody, a stand-in for a disk, and a file that is what it is.
void fill(tree::MemoryTree& tree) {
  tree.put(link("l", "target"));
  tree.put(entry("sda", EntryType::file));
  tree.put(entry("file", EntryType::file));
  tree.put(entry("p", EntryType::fifo));
}

Manifest example() {
  tree::MemoryTree tree;
  fill(tree);
  const auto source = tree.entries();
  const auto facts = [](const Entry& found) -> ImageFacts {
    if (found.path.text() == "l" || found.path.text() == "p") return owned;
    if (found.path.text() == "sda") return disk;
    return {};
  };
  return collect(*source, bundle_keywords, Facts{.image_facts = facts});
}

TEST(ImageFacts, StandInCommentsAndComeBack) {
  const Manifest manifest = example();
  const std::string text = manifest.format({}, bundle_keywords);
  EXPECT_THAT(text, HasSubstr("\n    #umoci: image.owner=5,6\n"));
  EXPECT_THAT(text, HasSubstr("\n    #umoci: image.device=block,8,1048575\n"));
  EXPECT_EQ(Manifest::parse(text), manifest);
}

TEST(ImageFacts, HoldForWhatIsStillThere) {
  const Manifest manifest = example();
  EXPECT_EQ(manifest.facts_of(link("l", "target")), owned);
  EXPECT_EQ(manifest.facts_of(entry("p", EntryType::fifo)), owned);
  EXPECT_EQ(manifest.facts_of(entry("sda", EntryType::file)), disk);

  EXPECT_TRUE(manifest.facts_of(link("l", "elsewhere")).empty());
  EXPECT_TRUE(manifest.facts_of(entry("l", EntryType::file)).empty());
  EXPECT_TRUE(manifest.facts_of(link("other", "target")).empty());
  EXPECT_TRUE(manifest.facts_of(entry("file", EntryType::file)).empty());
  Entry filled = entry("sda", EntryType::file);
  filled.size_bytes = 1;
  EXPECT_TRUE(manifest.facts_of(filled).empty());
}

TEST(ImageFacts, AreNoDifference) {
  const Manifest manifest = example();
  tree::MemoryTree tree;
  fill(tree);
  EXPECT_TRUE(compare(manifest, *tree.entries(), {}).empty());
}

TEST(ImageFacts, MustBeWellFormed) {
  for (const char* word :
       {"image.owner=", "image.owner=5", "image.owner=5,", "image.owner=5,6,7", "image.owner=-1,6",
        "image.owner=5,4294967296", "image.owner=a,b", "image.device=char,1", "image.device=1,3",
        "image.device=fifo,1,3", "image.device=char,1,3,", "image.device=char,0x1,3"}) {
    EXPECT_THROW(
        static_cast<void>(Manifest::parse(std::string("f type=file\n#umoci: ") + word + "\n")),
        Error)
        << word;
  }
  // About no entry at all they mean nothing.
  EXPECT_TRUE(Manifest::parse("#umoci: image.owner=5,6\n").records().empty());
}

}  // namespace
}  // namespace umoci::mtree
