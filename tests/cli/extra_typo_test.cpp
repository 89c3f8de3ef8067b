// SPDX-License-Identifier: Apache-2.0

// What helps somebody who mistyped.

#include <umoci_test/command_line.hpp>

#include <cli/nearest_name.hpp>

#include <gmock/gmock.h>

#include <array>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string_view nearest(std::string_view typed) {
  constexpr std::array<std::string_view, 8> names{"unpack", "repack", "rm",     "ls",
                                                  "gc",     "insert", "config", "h"};
  return nearest_name(typed, names).value_or("");
}

TEST(NearestName, is_one_slip_away) {
  for (const std::string_view typo : {"unpac", "unpackk", "umpack", "unpcak", "nupack", "unpack"}) {
    EXPECT_EQ(nearest(typo), "unpack") << typo;
  }
  EXPECT_EQ(nearest("rmm"), "rm");
  EXPECT_EQ(nearest("lss"), "ls");
  EXPECT_EQ(nearest("cg"), "gc");
}

TEST(NearestName, may_be_further_away_if_it_is_long) {
  EXPECT_EQ(nearest("unpakc2"), "unpack");
  EXPECT_EQ(nearest("cnofgi"), "config");
}

TEST(NearestName, is_none_for_something_else) {
  for (const std::string_view typed : {"", "x", "q", "commit", "pull", "un", "xx"}) {
    EXPECT_EQ(nearest(typed), "") << typed;
  }
  EXPECT_EQ(nearest(std::string(1U << 20U, 'u')), "");
}

class TypoTest : public CommandLineTest {};

TEST_F(TypoTest, in_commands_are_told_with_the_nearest_name) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines{
      {{"unpakc"}, "no help topic for \"unpakc\"; did you mean unpack?\n"},
      {{"help", "sta"}, "no help topic for \"sta\"; did you mean stat?\n"},
      {{"raw", "add-leyer"}, "no help topic for \"add-leyer\"; did you mean add-layer?\n"},
      {{"help", "raw", "unpac"}, "no help topic for \"unpac\"; did you mean unpack?\n"},
      {{"commit"}, "no help topic for \"commit\"\n"},
  };
  for (const auto& [words, text] : lines) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 3) << line_of(words);
    EXPECT_EQ(outcome.err, text);
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(TypoTest, in_flags_are_told_with_the_nearest_name) {
  EXPECT_EQ(run_badly({"stat", "--imgae", "x"}),
            "flag provided but not defined: -imgae; did you mean --image? (see umoci stat --help)");
  EXPECT_THAT(run_badly({"config", "--config.comand", "x"}),
              HasSubstr("did you mean --config.cmd?"));
  EXPECT_EQ(run_badly({"raw", "unpack", "--nosuchthing"}),
            "flag provided but not defined: -nosuchthing (see umoci raw unpack --help)");
  EXPECT_THAT(run_badly({"--verbos", "list"}),
              HasSubstr("did you mean --verbose? (see umoci --help)"));
  EXPECT_THAT(run_badly({"raw", "--hepl"}),
              HasSubstr("did you mean --help? (see umoci raw --help)"));
}

TEST_F(TypoTest, usage_goes_to_standard_error_on_request) {
  EXPECT_THAT(run({"stat", "--nosuch"}).out, StartsWith("Incorrect Usage: "));
  environment["UMOCI_USAGE_STDERR"] = "1";
  Outcome outcome = run({"stat", "--nosuch"});
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, StartsWith("Incorrect Usage: "));
  EXPECT_EQ(fatal_lines(outcome.err).size(), 1U);
  out_is_terminal = true;
  outcome = run({"stat", "--nosuch"});
  EXPECT_THAT(outcome.out, StartsWith("Incorrect Usage: "));
}

TEST_F(TypoTest, global_flags_stand_anywhere) {
  run_well({"init", "--layout", path("layout")});
  const std::vector<std::vector<std::string>> lines{
      {"--log=info", "new", "--image", image()},
      {"new", "--image", image(), "--log=info"},
      {"new", "--verbose", "--image", image()},
      {"--log=error", "new", "--log", "info", "--image", image()},
      {"--log=info", "new", "--image", image()}};
  for (const auto& words : lines) EXPECT_THAT(run(words).err, HasSubstr("created new tag"));
  EXPECT_EQ(run_well({"new", "--image", image(), "--log=error"}), "");
  EXPECT_THAT(run_badly({"--verbose", "new", "--image", image(), "--log=info"}),
              HasSubstr("mutually exclusive"));
  EXPECT_THAT(run_badly({"raw", "--log=x", "unpack"}), HasSubstr("unknown level \"x\""));
  EXPECT_THAT(run_well({"stat", "--version"}), StartsWith("umoci version "));
  EXPECT_THAT(run_well({"stat", "--help", "--log=x"}), HasSubstr("umoci stat"));
}

TEST_F(TypoTest, help_finds_commands_of_groups) {
  EXPECT_EQ(run_well({"help", "raw", "add-layer"}), run_well({"raw", "add-layer", "--help"}));
  EXPECT_EQ(run_well({"help", "raw", "--x"}), run_well({"raw", "--help"}));
}

TEST_F(TypoTest, help_fits_a_hundred_columns) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"raw"},
                                                {"config", "-h"},
                                                {"unpack", "-h"},
                                                {"repack", "-h"},
                                                {"new", "-h"},
                                                {"tag", "-h"},
                                                {"remove", "-h"},
                                                {"stat", "-h"},
                                                {"insert", "-h"},
                                                {"gc", "-h"},
                                                {"init", "-h"},
                                                {"list", "-h"},
                                                {"raw", "add-layer", "-h"},
                                                {"raw", "unpack", "-h"},
                                                {"raw", "mtree-validate", "-h"}}) {
    std::istringstream text(run_well(words));
    for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST_F(TypoTest, help_fits_a_narrow_terminal) {
  const std::string wide = run_well({"repack", "-h"});
  out_is_terminal = true;
  for (const std::size_t narrow : {80U, 60U}) {
    columns = narrow;
    std::istringstream text(run_well({"repack", "-h"}));
    for (std::string line; std::getline(text, line);) {
      // Names of flags stay whole.
      if (line.find("--") != std::string::npos) continue;
      EXPECT_LE(line.size(), narrow) << line;
    }
  }
  for (const std::size_t broad : {100U, 300U}) {
    columns = broad;
    EXPECT_EQ(run_well({"repack", "-h"}), wide);
  }
}

}  // namespace
}  // namespace umoci::cli
