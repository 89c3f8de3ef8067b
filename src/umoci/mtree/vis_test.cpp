// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/vis.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace umoci::mtree {
namespace {

using namespace std::string_view_literals;

TEST(Vis, EncodesWhatSplitsWordsOrStartsACommentOrMatches) {
  EXPECT_EQ(vis("a b\tc\nd"), "a\\040b\\011c\\012d");
  EXPECT_EQ(vis("*?[#"), "\\052\\077\\133\\043");
  EXPECT_EQ(vis("back\\slash\\"), "back\\\\slash\\\\");
  EXPECT_EQ(vis("\r\x7f\x1b"), "\\015\\177\\033");
  EXPECT_EQ(vis("\xc3\xa9\xff"), "\\303\\251\\377");
  EXPECT_EQ(vis("\0x"sv), "\\000x");
}

TEST(Vis, LeavesOtherPrintableCharacters) {
  const std::string_view plain =
      "!\"$%&'()+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  EXPECT_EQ(vis(plain), plain);
  EXPECT_EQ(unvis(plain), plain);
}

TEST(VisComment, EncodesOnlyWhatEndsALine) {
  EXPECT_EQ(vis_comment("my dir/\xc3\xa9#*"), "my dir/\xc3\xa9#*");
  EXPECT_EQ(vis_comment("a\n..\r\\"), "a\\012..\\015\\134");
}

TEST(Vis, DecodesToTheSameBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string text = vis(bytes);
    RC_ASSERT(text.find_first_of(" \t\r\n#") == std::string::npos);
    RC_ASSERT(unvis(text) == bytes);
    const std::string comment = vis_comment(bytes);
    RC_ASSERT(comment.find_first_of("\r\n") == std::string::npos);
    RC_ASSERT(unvis(comment) == bytes);
  }));
}

struct Escape {
  std::string_view text;
  std::string_view bytes;
};

class Unvis : public testing::TestWithParam<Escape> {};

TEST_P(Unvis, Decodes) { EXPECT_EQ(unvis(GetParam().text), GetParam().bytes); }

INSTANTIATE_TEST_SUITE_P(
    Escapes, Unvis,
    testing::Values(Escape{"\\\\", "\\"}, Escape{"\\\"", "\""}, Escape{"\\#", "#"},
                    Escape{"\\7", "\a"}, Escape{"\\40x", " x"}, Escape{"\\0401", " 1"},
                    Escape{"\\377", "\xff"}, Escape{"\\0", "\0"sv}, Escape{"\\089", "\089"sv},
                    Escape{"\\x41\\xfF", "A\xff"}, Escape{"\\^A\\^a", "\x01\x01"},
                    Escape{"\\^?", "\x7f"}, Escape{"\\M-a", "\xe1"}, Escape{"\\M^A", "\x81"},
                    Escape{"\\M^?", "\xff"}, Escape{"\\M^\\\\M-,", "\x9c\xac"},
                    Escape{"\\n\\r\\b\\a\\v\\t\\f", "\n\r\b\a\v\t\f"}, Escape{"\\s\\E", " \x1b"},
                    Escape{"a\\\nb\\$c", "abc"}, Escape{"%41", "%41"},
                    Escape{"\xff\xfe\xc3", "\xff\xfe\xc3"}));

class UnvisRefuses : public testing::TestWithParam<std::string_view> {};

TEST_P(UnvisRefuses, UnknownEscape) {
  try {
    (void)unvis(GetParam());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
  }
}

INSTANTIATE_TEST_SUITE_P(Escapes, UnvisRefuses,
                         testing::Values("\\", "a\\", "\\q", "\\400", "\\777", "\\x", "\\x4",
                                         "\\x4g", "\\^", "\\M", "\\M-", "\\M^", "\\Ma", "\\9"));

}  // namespace
}  // namespace umoci::mtree
