// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/keyword.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

namespace umoci::mtree {
namespace {

TEST(Keyword, IsFoundByItsName) {
  for (const Keyword keyword : all_keywords) EXPECT_EQ(find_keyword(name_of(keyword)), keyword);
}

TEST(Keyword, IsFoundBySynonymAndWithSuffix) {
  EXPECT_EQ(find_keyword("sha256"), Keyword::sha256digest);
  EXPECT_EQ(find_keyword("xattrs"), Keyword::xattr);
  EXPECT_EQ(find_keyword("xattr.user.size"), Keyword::xattr);
  EXPECT_EQ(find_keyword("xattrs.a"), Keyword::xattr);
}

TEST(Keyword, IsNotFoundIfThereIsNone) {
  for (const auto name : {"", "Size", "sizes", "flags", "md5x", ".size"}) {
    EXPECT_EQ(find_keyword(name), std::nullopt) << name;
  }
}

TEST(Keyword, HasOneCanonicalName) {
  EXPECT_EQ(canonical_name("md5"), "md5digest");
  EXPECT_EQ(canonical_name("rmd160"), "ripemd160digest");
  EXPECT_EQ(canonical_name("rmd160digest"), "ripemd160digest");
  EXPECT_EQ(canonical_name("sha1"), "sha1digest");
  EXPECT_EQ(canonical_name("sha384"), "sha384digest");
  EXPECT_EQ(canonical_name("sha512"), "sha512digest");
  EXPECT_EQ(canonical_name("sha512256"), "sha512256digest");
  EXPECT_EQ(canonical_name("uname"), "uname");
}

TEST(KeywordList, IsSplitAtCommasAndBlanks) {
  EXPECT_EQ(parse_keyword_list("uid,gid mode"),
            (KeywordSet{Keyword::uid, Keyword::gid, Keyword::mode}));
  EXPECT_EQ(parse_keyword_list(" sha256 ,,\txattrs,sha1,"),
            (KeywordSet{Keyword::sha256digest, Keyword::xattr, Keyword::sha1digest}));
  EXPECT_EQ(parse_keyword_list(""), KeywordSet{});
  EXPECT_THROW((void)parse_keyword_list("uid,flags"), Error);
}

TEST(KeywordSet, IsAValue) {
  KeywordSet set{Keyword::size, Keyword::mode};
  EXPECT_TRUE(set.has(Keyword::size));
  EXPECT_FALSE(set.has(Keyword::uid));
  set.remove(Keyword::size);
  EXPECT_EQ(set, KeywordSet{Keyword::mode});
  set.remove(Keyword::mode);
  EXPECT_TRUE(set.empty());
  EXPECT_EQ((KeywordSet{Keyword::uid} | KeywordSet{Keyword::gid}) & KeywordSet{Keyword::gid},
            KeywordSet{Keyword::gid});
}

}  // namespace
}  // namespace umoci::mtree
