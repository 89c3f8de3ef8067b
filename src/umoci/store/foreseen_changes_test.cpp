// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/foreseen_changes.hpp>

#include <umoci/store/ref_name.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace umoci::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

oci::Descriptor entry(const std::string& digest, const std::string& name) {
  oci::Descriptor descriptor;
  descriptor.digest = digest::Digest(digest);
  if (!name.empty()) {
    descriptor.annotations.emplace(std::string(oci::ref_name_annotation), name);
  }
  return descriptor;
}

oci::Index index(std::vector<oci::Descriptor> entries) {
  oci::Index index;
  index.manifests = std::move(entries);
  return index;
}

/// `name: old old -> new new`
std::vector<std::string> changes(const oci::Index& before, const oci::Index& after) {
  std::vector<std::string> lines;
  for (const RefChange& change : compare_refs(before, after)) {
    std::string line = change.name + ":";
    for (const auto& digest : change.before) line += " " + digest.text();
    line += " ->";
    for (const auto& digest : change.after) line += " " + digest.text();
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(ForeseenChangesTest, NamesThatCameWentOrMeanSomethingElse) {
  const auto before = index({entry("a:1", "same"), entry("a:2", "moved"), entry("a:3", "gone")});
  const auto after = index({entry("a:1", "same"), entry("a:4", "new"), entry("a:5", "moved")});
  EXPECT_THAT(changes(before, after),
              ElementsAre("moved: a:2 -> a:5", "gone: a:3 ->", "new: -> a:4"));
  EXPECT_THAT(changes(before, before), IsEmpty());
}

TEST(ForeseenChangesTest, ThePlaceInTheIndexIsNoMatter) {
  const auto before = index({entry("a:1", "x"), entry("a:2", "y"), entry("a:3", "")});
  const auto after = index({entry("a:2", "y"), entry("a:1", "x")});
  EXPECT_THAT(changes(before, after), IsEmpty());
}

TEST(ForeseenChangesTest, SeveralEntriesOfOneNameCountTogether) {
  const auto before = index({entry("a:1", "x"), entry("a:2", "x"), entry("a:9", "y")});
  EXPECT_THAT(changes(before, index({entry("a:2", "x"), entry("a:9", "y")})),
              ElementsAre("x: a:1 a:2 -> a:2"));
  EXPECT_THAT(changes(index({}), before), ElementsAre("x: -> a:1 a:2", "y: -> a:9"));
}

TEST(ForeseenChangesTest, AnEntryCountsWithAllThatItSays) {
  oci::Descriptor other = entry("a:1", "x");
  other.annotations.emplace("k", "v");
  EXPECT_THAT(changes(index({entry("a:1", "x")}), index({other})), ElementsAre("x: a:1 -> a:1"));
}

}  // namespace
}  // namespace umoci::store
