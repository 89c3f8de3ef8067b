// SPDX-License-Identifier: Apache-2.0

// Man pages and completion scripts, as text: that nothing in the table of flags or in the texts can
// be taken for something else by roff or by a shell.

#include <cli/manual/completion.hpp>
#include <cli/manual/man_page.hpp>
#include <cli/manual/roff.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Roff, keeps_text_as_it_is) {
  EXPECT_EQ(roff_escaped("--a-b"), R"(\-\-a\-b)");
  EXPECT_EQ(roff_escaped(R"(a\nb)"), R"(a\enb)");
  EXPECT_EQ(roff_escaped(".TH"), R"(\&.TH)");
  EXPECT_EQ(roff_escaped("'a' `b` ~ ^"), R"(\(aqa\(aq \(gab\(ga \(ti \(ha)");
  EXPECT_EQ(roff_escaped("⨯ é"), R"(\[u2A2F] \[u00E9])");
  EXPECT_EQ(roff_escaped("a.b"), "a.b");
}

TEST(Roff, marks_what_is_typed) {
  EXPECT_EQ(roff_marked("as `umoci gc` does"), R"(as \fBumoci gc\fR does)");
  EXPECT_EQ(roff_marked("Give --log=info."), R"(Give \fB\-\-log=info\fR.)");
  EXPECT_EQ(roff_marked("put <source> there"), R"(put \fIsource\fR there)");
  EXPECT_EQ(roff_marked("see runc(8)."), R"(see \fBrunc\fR(8).)");
  EXPECT_EQ(roff_marked("1 < 2 > 0, a - b, one ` mark"), R"(1 < 2 > 0, a \- b, one \(ga mark)");
}

TEST(Roff, begins_no_line_of_text_with_a_request) {
  RoffPage page("T", "", "s");
  page.section("S");
  page.paragraph("One. .so is text. 'so too.");
  page.example(".so /etc/passwd\n\n'br");
  EXPECT_THAT(page.text(), HasSubstr("\nOne.\n\\&.so is text.\n\\(aqso too.\n"));
  EXPECT_THAT(page.text(), HasSubstr("\n.EX\n\\&.so /etc/passwd\n\n\\(aqbr\n.EE\n"));
}

TEST(ManualText, is_simple_markdown) {
  const ManualText text = parse_manual_text(
      "# umoci x\n\nOne\nparagraph.\n\nAnother.\n<!-- run\nnot shown\n-->\n\n## Files\n\n"
      "- `a`: first\n  item.\n- second\n\n    $ one\n\n    two\n\nText.\n");
  using Kind = TextBlock::Kind;
  EXPECT_THAT(text.description, ::testing::ElementsAre(TextBlock{Kind::paragraph, "One paragraph."},
                                                       TextBlock{Kind::paragraph, "Another."}));
  EXPECT_THAT(text.section("Files"),
              ::testing::ElementsAre(
                  TextBlock{Kind::item, "first item.", "a"}, TextBlock{Kind::item, "second"},
                  TextBlock{Kind::example, "$ one\n\ntwo"}, TextBlock{Kind::paragraph, "Text."}));
  EXPECT_TRUE(text.section("Examples").empty());
}

class ManualTest : public ::testing::Test {
 protected:
  ManualTest() {
    Command command;
    command.name = "do";
    command.aliases = {"d"};
    command.summary = "do [it]: now";
    command.usage = "<file>";
    command.positional_hints = {ValueHint::file};
    command.flags = {{.name = "its",
                      .aliases = {"i"},
                      .kind = FlagKind::single,
                      .value_name = "a:b",
                      .description = "the user's [a]:b \\ $(x)",
                      .default_text = "none",
                      .hint = ValueHint::choice,
                      .choices = {"one", "two"},
                      .detail = "More is to be said."}};
    command.run = [](const Invocation&) {};
    manual_.commands.push_back(command);
  }

  Manual manual_;
};

TEST_F(ManualTest, page_has_what_the_table_says) {
  const std::string page =
      man_page(manual_, topics(manual_.commands).front(), ManualText{}, "2026-01-01");
  EXPECT_THAT(page, HasSubstr(R"(.TH UMOCI\-DO 1 "2026-01-01" )"));
  EXPECT_THAT(page, HasSubstr("\numoci\\-do \\- do [it]: now\n"));
  EXPECT_THAT(page, HasSubstr("\n\\fB\\-\\-its\\fR \\fIa:b\\fR, \\fB\\-i\\fR \\fIa:b\\fR\n"));
  EXPECT_THAT(page, HasSubstr("\nMore is to be said.\nDefault: none.\n"));
  EXPECT_THAT(page, HasSubstr("\\fBumoci d\\fR is the same command."));
  EXPECT_THAT(page, HasSubstr("\n.SH SEE ALSO\n\\fBumoci\\fR(1)\n"));
  EXPECT_THAT(page, Not(HasSubstr("LIMITS")));
}

TEST_F(ManualTest, scripts_quote_what_the_table_says) {
  EXPECT_THAT(bash_completion(manual_),
              HasSubstr("'its choice one two'\n        'i choice one two'"));
  EXPECT_THAT(bash_completion(manual_), HasSubstr("'umoci do' | 'umoci d')"));
  EXPECT_THAT(zsh_completion(manual_),
              HasSubstr(R"('(--its -i)--its=[the user'\''s \[a\]\:b \\ $(x)]:a\:b:(one two)')"));
  EXPECT_THAT(zsh_completion(manual_), HasSubstr(R"('do:do \[it\]\: now')"));
  EXPECT_THAT(fish_completion(manual_),
              HasSubstr(R"(-l its -r -f -a 'one two' -d 'the user\'s [a]:b \\ $(x)')"));
}

}  // namespace
}  // namespace umoci::cli
