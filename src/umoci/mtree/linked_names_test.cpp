// SPDX-License-Identifier: Apache-2.0
// Which names are one object is kept in comments that other programs skip.
#include <umoci/base/error.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace umoci::mtree {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using tree::TreePath;

struct Name {
  std::string path;
  std::uint64_t inode;
  std::uint64_t link_count = 2;
};

void fill(tree::MemoryTree& disk, const std::vector<Name>& names) {
  for (const Name& name : names) {
    tree::Entry entry;
    entry.path = TreePath::clean(name.path);
    entry.link_count = name.link_count;
    entry.inode = {.device = 1, .inode = name.inode};
    disk.put(entry);
  }
}

std::string text_of(const std::vector<Name>& names) {
  tree::MemoryTree disk;
  fill(disk, names);
  return collect(*disk.entries(), bundle_keywords).format({}, bundle_keywords);
}

std::vector<std::string> differences(const std::string& manifest, const std::vector<Name>& names,
                                     KeywordSet keywords = bundle_keywords) {
  tree::MemoryTree disk;
  fill(disk, names);
  const auto entries = disk.entries();
  std::vector<std::string> lines;
  for (const Delta& delta : compare(Manifest::parse(manifest), *entries, {.keywords = keywords})) {
    lines.push_back(report_line(delta));
  }
  return lines;
}

TEST(LinkedNames, StandInCommentsUnderTheFirstNameAndComeBack) {
  const std::string text = text_of({{"a b", 1}, {"c", 2, 1}, {"d", 1}});
  EXPECT_THAT(text, HasSubstr("    a\\040b size=0 uid=0 gid=0 mode=0 nlink=2 "));
  EXPECT_THAT(text, HasSubstr("\n    #umoci: linked=a\\040b\n    c "));
  EXPECT_THAT(text, HasSubstr("    d "));
  EXPECT_TRUE(text.ends_with("\n    #umoci: linked=a\\040b\n")) << text;
  tree::MemoryTree disk;
  fill(disk, {{"a b", 1}, {"c", 2, 1}, {"d", 1}});
  EXPECT_EQ(Manifest::parse(text), collect(*disk.entries(), bundle_keywords));
}

TEST(LinkedNames, OfObjectsThatAreAlikeAreTheirsAlone) {
  const std::string text = text_of({{"p1", 1}, {"p2", 1}, {"q1", 2}, {"q2", 2}});
  EXPECT_THAT(differences(text, {{"p1", 5}, {"p2", 5}, {"q1", 4}, {"q2", 4}}), IsEmpty())
      << "inode numbers mean nothing";
  EXPECT_THAT(differences(text, {{"p1", 1}, {"p2", 2}, {"q1", 1}, {"q2", 2}}),
              ElementsAre("\"p2\": keyword \"linked\": expected p1; got p2",
                          "\"q1\": keyword \"linked\": expected q1; got p1",
                          "\"q2\": keyword \"linked\": expected q1; got p2"));
  KeywordSet others = bundle_keywords;
  others.remove(Keyword::nlink);
  EXPECT_THAT(differences(text, {{"p1", 1}, {"p2", 2}, {"q1", 1}, {"q2", 2}}, others), IsEmpty());
}

TEST(LinkedNames, AreNotComparedWhereTheManifestDoesNotTellThem) {
  std::string text = text_of({{"p1", 1}, {"p2", 1}, {"q1", 2}, {"q2", 2}});
  for (auto at = text.find("    #umoci:"); at != std::string::npos; at = text.find("    #umoci:")) {
    text.erase(at, text.find('\n', at) + 1 - at);
  }
  EXPECT_THAT(differences(text, {{"p1", 1}, {"p2", 2}, {"q1", 1}, {"q2", 2}}), IsEmpty());
}

TEST(LinkedNames, TakeLittleSpaceHoweverLongTheyAre) {
  const std::string first = "a/" + std::string(5000, 'x');
  const std::string other = "b/" + std::string(5000, 'x');
  const std::string text = text_of({{first, 1}, {other, 2}, {"c", 1}, {"d", 2}});
  EXPECT_THAT(text, Not(HasSubstr("linked=a/")));
  EXPECT_THAT(differences(text, {{first, 1}, {other, 2}, {"c", 1}, {"d", 2}}), IsEmpty());
  EXPECT_EQ(differences(text, {{first, 1}, {other, 2}, {"c", 2}, {"d", 1}}).size(), 2U);
}

TEST(LinkedNames, MustBeWellFormed) {
  const auto parse = [](const std::string& name) {
    return Manifest::parse("f type=file\n#umoci: linked=" + name + "\n").records().at(0).linked;
  };
  EXPECT_EQ(parse("x\\040y"), "x y");
  EXPECT_EQ(parse(std::string(255, 'x')).size(), 255U);
  EXPECT_THROW((void)parse(std::string(256, 'x')), Error);
  EXPECT_THROW((void)parse(""), Error);
  EXPECT_THROW((void)parse("\\q"), Error);
  EXPECT_TRUE(Manifest::parse("#umoci: linked=f\n").records().empty());
}

}  // namespace
}  // namespace umoci::mtree
