// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/path_glob.hpp>

#include <umoci/base/error.hpp>
#include <umoci_test/errors.hpp>

#include <gtest/gtest.h>

#include <fnmatch.h>

#include <algorithm>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::tree {
namespace {

bool covers(std::string_view pattern, std::string_view path) {
  return PathGlob::parse(pattern).covers(TreePath::clean(path));
}

TEST(PathGlob, IsAnchoredAtTheRoot) {
  EXPECT_TRUE(covers("a", "a"));
  EXPECT_TRUE(covers("/a/b/", "a/b"));
  EXPECT_TRUE(covers("//a/./b", "a/b"));
  EXPECT_FALSE(covers("b", "a/b"));
  EXPECT_FALSE(covers("a", "ab"));
  EXPECT_FALSE(covers("ab", "a"));
}

TEST(PathGlob, CoversWhatIsBelowAMatch) {
  EXPECT_TRUE(covers("a/*", "a/b/c/d"));
  EXPECT_FALSE(covers("a/*", "a"));
  EXPECT_FALSE(covers("a/b", "a"));
}

TEST(PathGlob, NeverCoversTheRoot) {
  for (const char* pattern : {"*", "**", "?", "[!a]"}) EXPECT_FALSE(covers(pattern, "")) << pattern;
}

TEST(PathGlob, AStarStaysInItsComponent) {
  EXPECT_TRUE(covers("*", ".hidden"));
  EXPECT_TRUE(covers("a*c", "ac"));
  EXPECT_TRUE(covers("a*c", "abbc"));
  EXPECT_TRUE(covers("*.o", "x.o.o"));
  EXPECT_TRUE(covers("*a*b*", "xaxbx"));
  EXPECT_FALSE(covers("*a*b*", "xbxa"));
  EXPECT_FALSE(covers("a*c", "a/c"));
  EXPECT_FALSE(covers("*.o", "d/x.o"));
}

TEST(PathGlob, TwoStarsStandForComponents) {
  EXPECT_TRUE(covers("**/x", "x"));
  EXPECT_TRUE(covers("**/x", "a/b/x"));
  EXPECT_TRUE(covers("a/**/x", "a/x"));
  EXPECT_TRUE(covers("a/**/x", "a/b/c/x"));
  EXPECT_TRUE(covers("a/**/b/**/c", "a/b/b/b/c"));
  EXPECT_TRUE(covers("a/**", "a/b"));
  EXPECT_TRUE(covers("**/**", "a"));
  EXPECT_FALSE(covers("a/**", "a"));
  EXPECT_FALSE(covers("a/**", "ab"));
  EXPECT_FALSE(covers("**/x", "a/xy"));
  EXPECT_FALSE(covers("a/**/x", "b/x"));
}

TEST(PathGlob, AQuestionMarkIsOneCharacter) {
  EXPECT_TRUE(covers("a?c", "abc"));
  EXPECT_TRUE(covers("?", "ä"));
  EXPECT_TRUE(covers("?", "🙂"));
  EXPECT_TRUE(covers("?", "\xff"));
  EXPECT_FALSE(covers("?", "\xff\xfe"));
  EXPECT_FALSE(covers("a?c", "a/c"));
  EXPECT_FALSE(covers("?", "ab"));
}

TEST(PathGlob, SetsAreOfCharacters) {
  EXPECT_TRUE(covers("[a-c]x", "bx"));
  EXPECT_TRUE(covers("[à-ý]", "é"));
  EXPECT_TRUE(covers("[\xff]", "\xff"));
  EXPECT_TRUE(covers("[!a-c]", "d"));
  EXPECT_TRUE(covers("[^a-c]", "d"));
  EXPECT_TRUE(covers("[]]", "]"));
  EXPECT_TRUE(covers("[!]]", "a"));
  EXPECT_TRUE(covers("[a-]", "-"));
  EXPECT_TRUE(covers("[\\]-_]", "^"));
  EXPECT_TRUE(covers("[*]", "*"));
  EXPECT_FALSE(covers("[*]", "a"));
  EXPECT_FALSE(covers("[a-c]", "d"));
  EXPECT_FALSE(covers("[!a-c]", "b"));
  EXPECT_FALSE(covers("a[!b]c", "a/c"));
}

TEST(PathGlob, ABackslashTakesTheMeaningAway) {
  EXPECT_TRUE(covers("\\*", "*"));
  EXPECT_TRUE(covers("\\*\\*", "**"));
  EXPECT_TRUE(covers("\\a", "a"));
  EXPECT_TRUE(covers("\\\\", "\\"));
  EXPECT_FALSE(covers("\\*", "a"));
}

TEST(PathGlob, RefusesWhatNobodyCanMean) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "names nothing"},
      {"/", "names nothing"},
      {"./.", "names nothing"},
      {"a/../b", "\"..\""},
      {"[", "without its"},
      {"[]", "without its"},
      {"[a", "without its"},
      {"[a/b]", "without its"},
      {"[a-", "without its"},
      {"[z-a]", "ends before it begins"},
      {"a\\", "nothing after it"},
      {"a\\/b", "nothing after it"},
      {"[\\", "nothing after it"},
      {"a**", "beside other characters"},
      {"**.o", "beside other characters"},
      {"***", "beside other characters"},
      {std::string("a\0b", 3), "NUL"},
      {std::string(PathGlob::longest_bytes + 1, 'a'), "longer than"},
  };
  for (const auto& [pattern, why] : cases) {
    EXPECT_ERROR(invalid_argument, why, PathGlob::parse(pattern));
  }
  (void)PathGlob::parse(std::string(PathGlob::longest_bytes, 'a'));
}

TEST(PathGlob, HostilePatternsEnd) {
  // Each would take longer than the universe is old if every choice was tried.
  std::string stars;
  for (int i = 0; i < 1300; ++i) stars += "*a";
  EXPECT_FALSE(covers(stars + "b", std::string(4000, 'a')));
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "a/";
  std::string any_depths;
  for (int i = 0; i < 600; ++i) any_depths += "**/a/";
  EXPECT_FALSE(covers(any_depths + "b", deep));
  EXPECT_FALSE(covers("**/" + stars + "/b", std::string(255, 'a') + "/" + std::string(255, 'a')));
}

/// Tries every number of components for each "**"; other components match only themselves.
bool matches_naively(std::span<const std::string> pattern, std::span<const std::string> path) {
  if (pattern.empty()) return path.empty();
  const auto rest = pattern.subspan(1);
  if (pattern.front() != "**") {
    return !path.empty() && path.front() == pattern.front() &&
           matches_naively(rest, path.subspan(1));
  }
  const bool is_last = std::ranges::all_of(rest, [](const auto& item) { return item == "**"; });
  for (std::size_t skipped = is_last ? 1 : 0; skipped <= path.size(); ++skipped) {
    if (matches_naively(is_last ? std::span<const std::string>() : rest, path.subspan(skipped))) {
      return true;
    }
  }
  return false;
}

TEST(PathGlob, AgreesWithTryingEveryDepth) {
  std::mt19937 random(2);
  const auto items = [&](const std::vector<std::string>& alphabet) {
    std::vector<std::string> made(random() % 6 + 1);
    for (auto& item : made) item = alphabet[random() % alphabet.size()];
    return made;
  };
  const auto joined = [](const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += name + "/";
    return text;
  };
  int matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto pattern = items({"a", "b", "**", "**"});
    const auto path = items({"a", "b"});
    bool expected = false;
    for (std::size_t length = 1; length <= path.size() && !expected; ++length) {
      expected = matches_naively(pattern, std::span(path).first(length));
    }
    ASSERT_EQ(covers(joined(pattern), joined(path)), expected) << joined(pattern) << joined(path);
    matched += expected ? 1 : 0;
  }
  EXPECT_GT(matched, 1000);
}

/// The C library agrees where it has the same language.
TEST(PathGlob, AgreesWithFnmatch) {
  std::mt19937 random(1);
  const auto text = [&](std::string_view alphabet) {
    std::string made;
    for (auto length = random() % 8 + 1; length > 0; --length) {
      made += alphabet[random() % alphabet.size()];
    }
    return made;
  };
  int matched = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string pattern = text("ab*?[]!-\\");
    const std::string name = text("ab-!]");
    if (pattern.find("**") != std::string::npos) continue;
    bool is_match = false;
    try {
      is_match = covers(pattern, name);
    } catch (const Error&) {
      continue;  // which the C library takes to the letter, or as no match
    }
    ASSERT_EQ(is_match, ::fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0)
        << pattern << " " << name;
    matched += is_match ? 1 : 0;
  }
  EXPECT_GT(matched, 1000);
}

}  // namespace
}  // namespace umoci::tree
