// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/whiteout.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

namespace umoci::layer {
namespace {

using tree::TreePath;

TEST(Whiteout, IsToldByTheLastComponent) {
  EXPECT_FALSE(whiteout_of(TreePath{}));
  EXPECT_FALSE(whiteout_of(TreePath::clean("a/b")));
  EXPECT_FALSE(whiteout_of(TreePath::clean("a/b.wh.c")));
  EXPECT_FALSE(whiteout_of(TreePath::clean("a.wh./b")));
  EXPECT_FALSE(whiteout_of(TreePath::clean(".whx")));

  const auto plain = whiteout_of(TreePath::clean("a/.wh.b"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->directory.text(), "a");
  EXPECT_EQ(plain->name, "b");

  const auto opaque = whiteout_of(TreePath::clean("a/b/.wh..wh..opq"));
  ASSERT_TRUE(opaque);
  EXPECT_EQ(opaque->directory.text(), "a/b");
  EXPECT_EQ(opaque->name, "");

  EXPECT_EQ(whiteout_of(TreePath::clean(".wh..wh..opq"))->directory, TreePath{});
  EXPECT_EQ(whiteout_of(TreePath::clean(".wh..wh.plnk"))->name, ".wh.plnk");
  EXPECT_EQ(whiteout_of(TreePath::clean(".wh..hidden"))->name, ".hidden");
  EXPECT_EQ(whiteout_of(TreePath::clean(".wh....."))->name, "....");
}

TEST(Whiteout, ThatHidesNoEntryIsRejected) {
  for (const std::string name : {".wh.", ".wh..", ".wh...", "a/.wh.", "a/.wh..", "a/.wh...",
                                 ".wh.a/b", "a/.wh.b/c/d", ".wh./x", ".wh.a/.wh.b"}) {
    EXPECT_THROW(static_cast<void>(whiteout_of(TreePath::clean(name))), Error) << name;
  }
}

TEST(Whiteout, IsMadeForAPath) {
  const tree::Entry entry = make_whiteout(TreePath::clean("a/b"));
  EXPECT_EQ(entry.path.text(), "a/.wh.b");
  EXPECT_EQ(entry.type, tree::EntryType::file);
  EXPECT_EQ(entry.mode, 0U);
  EXPECT_EQ(entry.mtime, Time{});
  EXPECT_EQ(make_whiteout(TreePath::clean("b")).path.text(), ".wh.b");
  EXPECT_EQ(make_opaque_whiteout(TreePath{}).path.text(), ".wh..wh..opq");
  EXPECT_EQ(make_opaque_whiteout(TreePath::clean("a")).path.text(), "a/.wh..wh..opq");
  EXPECT_THROW(static_cast<void>(make_whiteout(TreePath{})), Error);
  EXPECT_THROW(static_cast<void>(make_whiteout(TreePath::clean("a/.wh.b"))), Error);
}

}  // namespace
}  // namespace umoci::layer
