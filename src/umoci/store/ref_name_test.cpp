// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/ref_name.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex.h>

#include <string>

namespace umoci::store {
namespace {

using testing::ElementsAre;

TEST(RefName, FollowsTheGrammar) {
  for (const char* name : {"a", "1", "a-b", "a--b", "a.b", "a_b", "a:b", "a@b", "a+b", "a/b",
                           "x/y:z/w", "sha256:abc", "docker.io/library/alpine:latest", "A9"}) {
    EXPECT_TRUE(is_ref_name(name)) << name;
  }
  for (const char* name : {"", ".a", "-a", "a-", "a---b", "a..b", "a__b", "a-_b", "a//b", "/a",
                           "a/", "a b", "a--/b", "a/--b", "a:", "\xc3\xa4", "a\n", "a--", "--"}) {
    EXPECT_FALSE(is_ref_name(name)) << name;
  }
  EXPECT_FALSE(is_ref_name(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_ref_name(std::string(100'000, 'a')));
}

TEST(RefName, AgreesWithTheSpecificationsExpressionOnAllShortNames) {
  regex_t grammar;
  ASSERT_EQ(::regcomp(&grammar,
                      "^[A-Za-z0-9]+((--|[-._:@+])[A-Za-z0-9]+)*"
                      "(/[A-Za-z0-9]+((--|[-._:@+])[A-Za-z0-9]+)*)*$",
                      REG_EXTENDED | REG_NOSUB),
            0);
  const std::string alphabet = "aZ0-./_ ";
  std::string name;
  std::size_t valid = 0;
  for (std::size_t number = 0; number < 8U * 8 * 8 * 8 * 8; ++number) {
    name.clear();
    // Blanks at the end stand for shorter names.
    for (std::size_t rest = number, i = 0; i < 5; ++i, rest /= 8) name += alphabet[rest % 8];
    name.resize(name.find_last_not_of(' ') + 1);
    ASSERT_EQ(is_ref_name(name), ::regexec(&grammar, name.c_str(), 0, nullptr, 0) == 0) << name;
    valid += is_ref_name(name) ? 1U : 0U;
  }
  ::regfree(&grammar);
  EXPECT_GT(valid, 1000U);
}

oci::Descriptor entry(const std::string& digest, const std::string& name) {
  oci::Descriptor descriptor;
  descriptor.digest = digest::Digest(digest);
  if (!name.empty()) descriptor.annotations.emplace(oci::ref_name_annotation, name);
  return descriptor;
}

std::vector<std::string> digests_of(const std::vector<oci::Descriptor>& entries) {
  std::vector<std::string> digests;
  digests.reserve(entries.size());
  for (const auto& found : entries) digests.push_back(found.digest.text());
  return digests;
}

class RefNames : public testing::Test {
 protected:
  RefNames() {
    index_.manifests = {entry("1", "a"), entry("2", ""), entry("3", "b"), entry("4", "a")};
  }
  oci::Index index_;
};

TEST_F(RefNames, AreListedInOrderWithRepetitions) {
  EXPECT_THAT(ref_names(index_), ElementsAre("a", "b", "a"));
  EXPECT_THAT(digests_of(find_ref(index_, "a")), ElementsAre("1", "4"));
  EXPECT_TRUE(find_ref(index_, "c").empty());
  EXPECT_TRUE(find_ref(index_, "").empty());
}

TEST_F(RefNames, AnEmptyNameIsAName) {
  index_.manifests[1].annotations.emplace(oci::ref_name_annotation, "");
  EXPECT_THAT(ref_names(index_), ElementsAre("a", "", "b", "a"));
  EXPECT_THAT(digests_of(find_ref(index_, "")), ElementsAre("2"));
}

TEST_F(RefNames, SettingOneTakesThePlaceOfTheFirstOfThatName) {
  oci::Descriptor target = entry("5", "old");
  target.annotations.emplace("k", "v");
  target.urls.emplace_back("http://example.com/");
  set_ref(index_, "a", target);
  EXPECT_THAT(digests_of(index_.manifests), ElementsAre("5", "2", "3"));
  target.annotations[std::string(oci::ref_name_annotation)] = "a";
  EXPECT_EQ(index_.manifests.front(), target);
  set_ref(index_, "new", entry("6", "old"));
  EXPECT_THAT(digests_of(index_.manifests), ElementsAre("5", "2", "3", "6"));
}

TEST_F(RefNames, RemovingTakesAllOfThatName) {
  EXPECT_EQ(remove_ref(index_, "a"), 2U);
  EXPECT_THAT(digests_of(index_.manifests), ElementsAre("2", "3"));
  EXPECT_EQ(remove_ref(index_, "a"), 0U);
}

// D-13: names outside the grammar are there, and go away.
TEST_F(RefNames, OddNamesCanBeFoundAndRemoved) {
  index_.manifests.push_back(entry("6", "a b\n"));
  EXPECT_THAT(digests_of(find_ref(index_, "a b\n")), ElementsAre("6"));
  EXPECT_EQ(remove_ref(index_, "a b\n"), 1U);
}

}  // namespace
}  // namespace umoci::store
