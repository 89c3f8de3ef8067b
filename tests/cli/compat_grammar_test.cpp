// SPDX-License-Identifier: Apache-2.0

// How a line splits into flags and positional arguments.

#include <cli/parse_line.hpp>

#include <gtest/gtest.h>

namespace umoci::cli {
namespace {

using Words = std::vector<std::string>;

const std::vector<Flag> table{
    {.name = "image", .kind = FlagKind::single, .value_name = "path"},
    {.name = "rootless"},
    {.name = "env", .kind = FlagKind::list, .value_name = "x"},
    {.name = "platform.os", .aliases = {"os"}, .kind = FlagKind::single, .value_name = "os"},
    {.name = "help", .aliases = {"h"}},
};

ParsedLine parse(const Words& words, ParseMode mode = ParseMode::whole_line) {
  return parse_line(table, words, mode);
}

ParsedLine parse_well(const Words& words) {
  ParsedLine line = parse(words);
  EXPECT_EQ(line.problem, "");
  return line;
}

TEST(Grammar, one_dash_and_two_dashes_are_the_same) {
  EXPECT_EQ(parse_well({"-image", "x"}).flags.value("image"), "x");
  EXPECT_EQ(parse_well({"--image", "x"}).flags.value("image"), "x");
  EXPECT_EQ(parse_well({"-image=x"}).flags.value("image"), "x");
  EXPECT_EQ(parse_well({"--image=x"}).flags.value("image"), "x");
  EXPECT_TRUE(parse_well({"--h"}).flags.is_set("help"));
}

TEST(Grammar, bad_dashes_are_bad_syntax) {
  for (const std::string word : {"---image", "---", "--=x", "-=x", "---=", "--=", "---image=x"}) {
    EXPECT_EQ(parse({word}).problem, "bad flag syntax: " + word);
  }
}

TEST(Grammar, a_lone_dash_is_positional) {
  const auto line = parse_well({"-", "--rootless", "-"});
  EXPECT_EQ(line.positionals, (Words{"-", "-"}));
  EXPECT_TRUE(line.flags.is_set("rootless"));
}

TEST(Grammar, the_word_after_a_flag_is_its_value_whatever_it_looks_like) {
  EXPECT_EQ(parse_well({"--image", "--rootless"}).flags.value("image"), "--rootless");
  EXPECT_EQ(parse_well({"--image", "--"}).flags.value("image"), "--");
  EXPECT_EQ(parse_well({"--image", ""}).flags.value("image"), "");
  EXPECT_FALSE(parse_well({"--image", "--rootless"}).flags.given("rootless"));
  EXPECT_EQ(parse_well({"--env", "-c", "--env", "--image"}).flags.values("env"),
            (Words{"-c", "--image"}));
}

TEST(Grammar, a_value_begins_after_the_first_equals_sign) {
  EXPECT_EQ(parse_well({"--image=a=b"}).flags.value("image"), "a=b");
  EXPECT_EQ(parse_well({"--image="}).flags.value("image"), "");
  EXPECT_EQ(parse_well({"--image=="}).flags.value("image"), "=");
}

TEST(Grammar, a_missing_value_is_a_problem) {
  EXPECT_EQ(parse({"x", "--image"}).problem, "flag needs an argument: -image");
  EXPECT_EQ(parse({"--os"}).problem, "flag needs an argument: -os");
}

TEST(Grammar, an_unknown_flag_is_a_problem) {
  EXPECT_EQ(parse({"--nosuch"}).problem, "flag provided but not defined: -nosuch");
  EXPECT_EQ(parse({"--nosuch=1"}).problem, "flag provided but not defined: -nosuch");
  // Letters are not bundled, names not abbreviated.
  EXPECT_EQ(parse({"-hr"}).problem, "flag provided but not defined: -hr");
  EXPECT_EQ(parse({"--imag", "x"}).problem, "flag provided but not defined: -imag");
  EXPECT_EQ(parse({"--Image", "x"}).problem, "flag provided but not defined: -Image");
}

TEST(Grammar, booleans_take_a_value_with_an_equals_sign_only) {
  for (const std::string yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    EXPECT_TRUE(parse_well({"--rootless=" + yes}).flags.is_set("rootless")) << yes;
  }
  for (const std::string no : {"0", "f", "F", "FALSE", "false", "False"}) {
    const auto line = parse_well({"--rootless=" + no});
    EXPECT_FALSE(line.flags.is_set("rootless")) << no;
    EXPECT_TRUE(line.flags.given("rootless")) << no;
  }
  for (const std::string bad : {"", "yes", "no", "tRUE", "2", "on", " true"}) {
    EXPECT_EQ(parse({"--rootless=" + bad}).problem,
              "invalid boolean value \"" + bad + "\" for -rootless");
  }
  const auto line = parse_well({"--rootless", "false"});
  EXPECT_TRUE(line.flags.is_set("rootless"));
  EXPECT_EQ(line.positionals, (Words{"false"}));
}

TEST(Grammar, of_a_repeated_scalar_the_last_counts) {
  EXPECT_EQ(parse_well({"--image", "a", "--image=b"}).flags.value("image"), "b");
  EXPECT_FALSE(parse_well({"--rootless", "--rootless=false"}).flags.is_set("rootless"));
}

TEST(Grammar, lists_keep_every_value_and_are_not_split) {
  EXPECT_EQ(parse_well({"--env", "a,b", "--env", "", "--env=c", "--env="}).flags.values("env"),
            (Words{"a,b", "", "c", ""}));
  EXPECT_TRUE(parse_well({}).flags.values("env").empty());
  EXPECT_FALSE(parse_well({}).flags.given("env"));
}

TEST(Grammar, two_spellings_of_one_flag_clash) {
  EXPECT_EQ(parse({"--os", "x", "--platform.os", "y"}).problem,
            "cannot use two forms of the same flag: os platform.os");
  EXPECT_EQ(parse({"-h", "--help"}).problem, "cannot use two forms of the same flag: h help");
  EXPECT_EQ(parse_well({"--os", "x", "-os=y"}).flags.value("platform.os"), "y");
}

TEST(Grammar, flags_and_positionals_mix) {
  for (const Words& words :
       {Words{"--rootless", "b", "--image", "i"}, Words{"b", "--rootless", "--image", "i"},
        Words{"--rootless", "--image", "i", "b"}, Words{"--image=i", "b", "--rootless"}}) {
    const auto line = parse_well(words);
    EXPECT_EQ(line.positionals, (Words{"b"}));
    EXPECT_TRUE(line.flags.is_set("rootless"));
    EXPECT_EQ(line.flags.value("image"), "i");
  }
}

TEST(Grammar, two_dashes_end_the_flags) {
  const auto line = parse_well({"--rootless", "a", "--", "--image", "--", "-x"});
  EXPECT_EQ(line.positionals, (Words{"a", "--image", "--", "-x"}));
  EXPECT_FALSE(line.flags.given("image"));
}

TEST(Grammar, of_a_group_the_rest_is_left_alone) {
  const auto line =
      parse({"--rootless", "command", "--nosuch", "--", "x"}, ParseMode::until_positional);
  EXPECT_EQ(line.problem, "");
  EXPECT_EQ(line.positionals, (Words{"command", "--nosuch", "--", "x"}));
  EXPECT_EQ(parse({"--", "--image"}, ParseMode::until_positional).positionals, (Words{"--image"}));
}

TEST(Grammar, an_empty_word_is_positional) {
  EXPECT_EQ(parse_well({"", "a"}).positionals, (Words{"", "a"}));
}

}  // namespace
}  // namespace umoci::cli
