// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/path.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace umoci::tree {
namespace {

struct CleanCase {
  std::string_view name;
  std::string_view clean;
};

TEST(TreePath, CleansNamesAsIfTheyWereAbsolute) {
  const std::vector<CleanCase> cases = {
      {"", ""},
      {".", ""},
      {"/", ""},
      {"./", ""},
      {"/.", ""},
      {"..", ""},
      {"a/..", ""},
      {"../../..", ""},
      {"/etc/abs", "etc/abs"},
      {"../../esc", "esc"},
      {"x/../y", "y"},
      {"./z/.", "z"},
      {"a//b", "a/b"},
      {"a/b/", "a/b"},
      {"a/b/../../c", "c"},
      {"a/b/../../../c", "c"},
      {"///a///b///", "a/b"},
      {"a/...", "a/..."},
      {"..a/b..", "..a/b.."},
      {" /\n", " /\n"},
      {"\xff/\x01", "\xff/\x01"},
  };
  for (const auto& [name, clean] : cases) {
    EXPECT_EQ(TreePath::clean(name).text(), clean) << "of " << quoted(name);
  }
}

TEST(TreePath, RefusesNulBytes) {
  try {
    static_cast<void>(TreePath::clean(std::string_view("a\0b", 3)));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    EXPECT_EQ(error.message(), R"(path "a\x00b" contains a NUL byte)");
  }
}

TEST(TreePath, AssignForgetsThePreviousPath) {
  TreePath path = TreePath::clean("a/b/c");
  path.assign_clean("d/../e");
  EXPECT_EQ(path.text(), "e");
  path.assign_clean("..");
  EXPECT_TRUE(path.is_root());
}

TEST(TreePath, KnowsItsParts) {
  const TreePath path = TreePath::clean("usr/share/doc");
  EXPECT_EQ(path.name(), "doc");
  EXPECT_EQ(path.parent().text(), "usr/share");
  EXPECT_EQ(path.depth(), 3U);
  EXPECT_EQ(path.display(), "/usr/share/doc");
  EXPECT_EQ(path.child("x").text(), "usr/share/doc/x");

  const TreePath top = TreePath::clean("usr");
  EXPECT_EQ(top.name(), "usr");
  EXPECT_TRUE(top.parent().is_root());
  EXPECT_EQ(top.depth(), 1U);
}

TEST(TreePath, TheRootIsItsOwnParent) {
  const TreePath root;
  EXPECT_TRUE(root.is_root());
  EXPECT_EQ(root.name(), "");
  EXPECT_TRUE(root.parent().is_root());
  EXPECT_EQ(root.depth(), 0U);
  EXPECT_EQ(root.display(), "/");
  EXPECT_EQ(root.child("a").text(), "a");
}

TEST(TreePath, LiesWithinByComponents) {
  const TreePath path = TreePath::clean("a/b");
  EXPECT_TRUE(path.is_within(path));
  EXPECT_TRUE(path.is_within(TreePath::clean("a")));
  EXPECT_TRUE(path.is_within(TreePath{}));
  EXPECT_TRUE(TreePath{}.is_within(TreePath{}));
  EXPECT_FALSE(TreePath{}.is_within(path));
  EXPECT_FALSE(TreePath::clean("a").is_within(path));
  EXPECT_FALSE(TreePath::clean("a-b").is_within(TreePath::clean("a")));
  EXPECT_FALSE(TreePath::clean("ab").is_within(TreePath::clean("a")));
}

TEST(TreePath, OrdersByBytes) {
  EXPECT_LT(TreePath::clean("a-b"), TreePath::clean("a/b"));
  EXPECT_LT(TreePath::clean("a"), TreePath::clean("a-b"));
  EXPECT_LT(TreePath::clean("z"), TreePath::clean("\xc3\xa4"));
}

TEST(NextComponent, CutsFromTheFront) {
  std::string_view rest = "a//b";
  EXPECT_EQ(next_component(rest), "a");
  EXPECT_EQ(next_component(rest), "");
  EXPECT_EQ(next_component(rest), "b");
  EXPECT_EQ(rest, "");
}

/// Names in which every special component is frequent.
rc::Gen<std::string> arbitrary_name() {
  return rc::gen::container<std::string>(rc::gen::element('/', '/', '.', '.', 'a', '\xfe', ' '));
}

RC_GTEST_PROP(TreePathProperty, IsCleanWhateverTheNameIs, ()) {
  const std::string name = *arbitrary_name();
  const TreePath path = TreePath::clean(name);
  std::string_view rest = path.text();
  std::size_t depth = 0;
  while (!rest.empty()) {
    const std::string_view component = next_component(rest);
    RC_ASSERT(!component.empty());
    RC_ASSERT(component != ".");
    RC_ASSERT(component != "..");
    ++depth;
  }
  RC_ASSERT(path.depth() == depth);
  RC_ASSERT(!path.text().ends_with('/'));
  RC_ASSERT(TreePath::clean(path.text()) == path);
  RC_ASSERT(TreePath::clean("/../" + name) == path);
  if (!path.is_root()) {
    RC_ASSERT(path.parent().child(path.name()) == path);
    RC_ASSERT(path.is_within(path.parent()));
  }
}

}  // namespace
}  // namespace umoci::tree
