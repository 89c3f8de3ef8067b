// SPDX-License-Identifier: Apache-2.0

// The small pieces of text in umoci stat: quoted values, sizes, tables.

#include <cli/go_quote.hpp>
#include <cli/human_size.hpp>
#include <cli/text_table.hpp>
#include <cli/unicode_printable.hpp>
#include <umoci_test/run_program.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace umoci::cli {
namespace {

using namespace std::string_literals;

std::string strict(std::string_view text) { return quote_if_needed(text, QuoteWhen::blank); }
std::string lax(std::string_view text) { return quote_if_needed(text, QuoteWhen::escaped); }
std::string in_set(std::string_view text) {
  return quote_if_needed(text, QuoteWhen::blank_or_comma);
}

TEST(Quoting, is_left_out_where_nothing_needs_it) {
  for (const std::string text : {"a", "a=b", "'x'", "ä", "日本", "a,b", "😀", "\u0301"}) {
    EXPECT_EQ(strict(text), text);
    EXPECT_EQ(lax(text), text);
  }
}

TEST(Quoting, depends_on_the_place) {
  EXPECT_EQ(strict(""), "\"\"");
  EXPECT_EQ(lax(""), "");
  EXPECT_EQ(in_set(""), "\"\"");
  EXPECT_EQ(strict("a b"), "\"a b\"");
  EXPECT_EQ(lax("a b"), "a b");
  EXPECT_EQ(in_set("a b"), "\"a b\"");
  EXPECT_EQ(strict("a,b"), "a,b");
  EXPECT_EQ(in_set("a,b"), "\"a,b\"");
  EXPECT_EQ(in_set("ab"), "ab");
}

TEST(Quoting, escapes_as_go_does) {
  EXPECT_EQ(lax("\"\\"), R"("\"\\")");
  EXPECT_EQ(lax("\a\b\f\n\r\t\v"), R"("\a\b\f\n\r\t\v")");
  EXPECT_EQ(lax("\0\x01\x1f\x7f"s), R"("\x00\x01\x1f\x7f")");
  EXPECT_EQ(lax("\x80\xff\xc3(\xe2\x82"), R"("\x80\xff\xc3(\xe2\x82")");
  EXPECT_EQ(lax("\xed\xa0\x80"), R"("\xed\xa0\x80")");
  EXPECT_EQ(lax("\u0085\u00a0\u00ad"), R"("\u0085\u00a0\u00ad")");
  EXPECT_EQ(lax("\u2028\u3000\u200b\ufeff\ue000"), R"("\u2028\u3000\u200b\ufeff\ue000")");
  EXPECT_EQ(lax("\U000e0001\U0010ffff"), R"("\U000e0001\U0010ffff")");
  EXPECT_EQ(lax("\ufffd"), "\ufffd");
  // Not assigned in Unicode 15.
  EXPECT_EQ(lax("\u0378"), R"("\u0378")");
}

TEST(Quoting, of_messages_leaves_quotes_alone) {
  EXPECT_EQ(escape_invisible("say \"a\\x41\"\n\x1b[31m\xff\u202e"),
            "say \"a\\x41\"\\n\\x1b[31m\\xff\\u202e");
}

TEST(Printable, agrees_with_python) {
  if (!test::has_program("python3")) GTEST_SKIP() << "needs python3";
  // A character for each code point: printable, not, or unknown to this version of Python.
  const auto result = test::run_program({"python3", "-c", R"(
import sys, unicodedata
def answer(point):
    category = unicodedata.category(chr(point))
    if category == "Cn": return "?"
    return "y" if category[0] in "LMNPS" or point == 0x20 else "n"
sys.stdout.write("".join(answer(point) for point in range(0x110000)))
)"});
  ASSERT_EQ(result.status, 0) << result.err;
  ASSERT_EQ(result.out.size(), 0x110000U);
  int differences = 0;
  for (char32_t point = 0; point < 0x110000 && differences < 10; ++point) {
    const char answer = result.out[point];
    if (answer == '?' || (answer == 'y') == is_printable(point)) continue;
    ADD_FAILURE() << std::hex << static_cast<unsigned>(point) << " is " << answer;
    ++differences;
  }
}

TEST(HumanSize, has_four_digits_and_a_decimal_unit) {
  EXPECT_EQ(human_size(0), "0B");
  EXPECT_EQ(human_size(1), "1B");
  EXPECT_EQ(human_size(135), "135B");
  EXPECT_EQ(human_size(999), "999B");
  EXPECT_EQ(human_size(1000), "1kB");
  EXPECT_EQ(human_size(1107), "1.107kB");
  EXPECT_EQ(human_size(1100), "1.1kB");
  EXPECT_EQ(human_size(12345), "12.35kB");
  EXPECT_EQ(human_size(123450), "123.5kB");
  EXPECT_EQ(human_size(999949), "999.9kB");
  EXPECT_EQ(human_size(999999), "1000kB");
  EXPECT_EQ(human_size(1000000), "1MB");
  EXPECT_EQ(human_size(38820000), "38.82MB");
  EXPECT_EQ(human_size(2700000000), "2.7GB");
  EXPECT_EQ(human_size(1234567890123), "1.235TB");
  EXPECT_EQ(human_size(1234567890123456), "1.235PB");
  EXPECT_EQ(human_size(std::numeric_limits<std::int64_t>::max()), "9.223EB");
}

TEST(Table, pads_all_columns_but_the_last) {
  TextTable table({"A", "B", "C"});
  table.add({"äöüß", "", "x"});
  table.add({"1", "\xff\xff\xff\xff", ""});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "A    B    C\näöüß      x\n1    \xff\xff\xff\xff \n");
}

TEST(Table, has_columns_of_four_at_least) {
  TextTable table({"A", "BCDE", "F"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "A   BCDE F\n");
}

}  // namespace
}  // namespace umoci::cli
