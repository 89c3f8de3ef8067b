// SPDX-License-Identifier: Apache-2.0

// Help and versions: on standard output, with the shape that callers look for.

#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class HelpTest : public CommandLineTest {
 protected:
  /// The lines that are not blank.
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      if (line.find_first_not_of(' ') != std::string::npos) lines.push_back(line);
    }
    return lines;
  }

  /// The headlines, in order.
  static std::vector<std::string> sections_of(const std::string& text) {
    std::vector<std::string> sections;
    for (const auto& line : lines_of(text)) {
      if (line.front() != ' ' && line.back() == ':') sections.push_back(line);
    }
    return sections;
  }

  void expect_help_of(const std::string& name, const std::vector<std::string>& arguments) {
    const std::string text = run_well(arguments);
    const auto lines = lines_of(text);
    ASSERT_GE(lines.size(), 2U) << line_of(arguments);
    EXPECT_THAT(lines[0], HasSubstr("NAME:"));
    EXPECT_THAT(lines[1] + " ", HasSubstr(" umoci " + name + " ")) << line_of(arguments);
  }
};

TEST_F(HelpTest, of_the_program) {
  const std::string text = run_well({});
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"help"}, {"h"}, {"--help"}, {"-h"}, {"-help"}, {"--h"}}) {
    EXPECT_EQ(run_well(words), text) << line_of(words);
  }
  const auto lines = lines_of(text);
  EXPECT_THAT(lines.at(0), HasSubstr("NAME:"));
  EXPECT_THAT(lines.at(1), HasSubstr("umoci - umoci modifies Open Container images"));
  EXPECT_EQ(sections_of(text), (std::vector<std::string>{"NAME:", "USAGE:", "VERSION:", "AUTHOR:",
                                                         "COMMANDS:", "GLOBAL OPTIONS:"}));
}

TEST_F(HelpTest, lists_commands_by_category) {
  const std::string text = run_well({});
  std::size_t at = 0;
  for (const std::string_view part :
       {"\n   raw ", "\n   help, h ", "\n image:\n", "\n   config ", "\n   unpack ", "\n   repack ",
        "\n   new ", "\n   tag ", "\n   remove, rm ", "\n   stat ", "\n layout:\n", "\n   gc ",
        "\n   init ", "\n   list, ls "}) {
    const std::size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << " in\n" << text;
    at = found;
  }
  EXPECT_THAT(text, Not(HasSubstr("mtree-validate")));
  EXPECT_THAT(text, Not(HasSubstr("cpu-profile")));
}

TEST_F(HelpTest, of_commands) {
  for (const std::string name :
       {"config", "unpack", "repack", "new", "tag", "remove", "stat", "gc", "init", "list"}) {
    expect_help_of(name, {name, "--help"});
    expect_help_of(name, {name, "-h"});
    expect_help_of(name, {"help", name});
    expect_help_of(name, {"h", name});
    EXPECT_EQ(sections_of(run_well({name, "--help"})),
              (std::vector<std::string>{"NAME:", "USAGE:", "CATEGORY:", "OPTIONS:"}));
  }
}

TEST_F(HelpTest, names_what_an_alias_stands_for) {
  expect_help_of("remove", {"rm", "--help"});
  expect_help_of("remove", {"help", "rm"});
  expect_help_of("list", {"ls", "-h"});
  expect_help_of("list", {"help", "ls"});
}

TEST_F(HelpTest, of_the_group_raw) {
  const std::string text = run_well({"raw"});
  for (const std::vector<std::string>& words : {std::vector<std::string>{"raw", "--help"},
                                                {"raw", "-h"},
                                                {"raw", "help"},
                                                {"raw", "h"},
                                                {"help", "raw"}}) {
    EXPECT_EQ(run_well(words), text) << line_of(words);
  }
  expect_help_of("raw", {"raw"});
  EXPECT_EQ(sections_of(text),
            (std::vector<std::string>{"NAME:", "USAGE:", "COMMANDS:", "OPTIONS:"}));
  EXPECT_THAT(text, HasSubstr("\n   add-layer "));
  expect_help_of("raw add-layer", {"raw", "add-layer", "--help"});
  expect_help_of("raw add-layer", {"raw", "help", "add-layer"});
  expect_help_of("raw add-layer", {"raw", "h", "add-layer"});
}

TEST_F(HelpTest, has_a_line_for_every_flag) {
  const std::map<std::string, std::vector<std::string>> flags{
      {"config",
       {"image path[:tag]",
        "tag tag",
        "config.user user",
        "config.workingdir path",
        "config.stopsignal signal",
        "config.exposedports port",
        "config.volume path",
        "config.env name=value",
        "config.label name=value",
        "config.entrypoint word",
        "config.entrypoint-json array",
        "config.cmd word",
        "config.cmd-json array",
        "config.cmd-shell text",
        "created date",
        "author text",
        "platform.os os, --os os",
        "platform.arch arch, --architecture arch",
        "platform.variant variant",
        "manifest.annotation name=value",
        "clear key",
        "config.exposedports.rm port",
        "config.volume.rm path",
        "config.env.rm name",
        "config.label.rm name",
        "manifest.annotation.rm name",
        "get name",
        "json",
        "no-history",
        "history.author text",
        "history.comment text",
        "history.created date",
        "history.created_by text",
        "history.auto"}},
      {"unpack",
       {"image path[:tag]", "keep-dirlinks", "uid-map container:host[:size]",
        "gid-map container:host[:size]", "rootless"}},
      {"repack",
       {"image path[:tag]", "mask-path path", "no-mask-volumes", "refresh-bundle",
        "compress algorithm", "no-history", "history.author text"}},
      {"stat", {"image path[:tag]", "json"}},
      {"gc", {"layout path"}},
      {"init", {"layout path"}},
      {"list", {"layout path"}},
      {"new", {"image path[:tag]"}},
      {"tag", {"image path[:tag]"}},
      {"remove", {"image path[:tag]"}},
  };
  for (const auto& [command, names] : flags) {
    const std::string text = run_well({command, "--help"});
    for (const auto& name : names) {
      EXPECT_THAT(text,
                  AnyOf(HasSubstr("\n   --" + name + "  "), HasSubstr("\n   --" + name + "\n")))
          << command;
    }
    EXPECT_THAT(text, HasSubstr("\n   --help, -h  ")) << command;
  }
  const std::string global = run_well({});
  for (const std::string name : {"verbose", "log level", "version, -v", "help, -h"}) {
    EXPECT_THAT(global, HasSubstr("\n   --" + name + "  "));
  }
}

TEST_F(HelpTest, wins_over_everything_but_the_syntax) {
  expect_help_of("stat", {"stat", "--image", "/nosuch:-", "extra", "--help"});
  expect_help_of("config", {"config", "--no-history", "--history.author=x", "-h"});
  EXPECT_EQ(run_well({"--log=nonsense", "--help"}), run_well({}));
  EXPECT_EQ(run_well({"--help", "nosuch"}), run_well({}));
  EXPECT_THAT(run_badly({"stat", "--nosuch", "--help"}), HasSubstr("-nosuch"));
}

TEST_F(HelpTest, of_unknown_topics_is_one_plain_line) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"nosuch"},
                                                {"nosuch", "--help"},
                                                {"help", "nosuch"},
                                                {"raw", "nosuch"},
                                                {"raw", "help", "nosuch"},
                                                {"--log=fatal", "nosuch"}}) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 3) << line_of(words);
    EXPECT_EQ(outcome.out, "") << line_of(words);
    EXPECT_EQ(outcome.err, "no help topic for \"nosuch\"\n") << line_of(words);
  }
}

TEST_F(HelpTest, version_comes_first_and_third) {
  const std::string text = run_well({"--version"});
  EXPECT_THAT(text, ContainsRegex("^umoci version [0-9]+\\.[0-9]+\\.[0-9]+\ncompatible with umoci: "
                                  "0\\.6\\.0\nimage spec: 1\\.1\\.1\nruntime spec: 1\\."));
  EXPECT_EQ(run_well({"-v"}), text);
  EXPECT_EQ(run_well({"--version", "nosuch"}), text);
  EXPECT_EQ(run_well({"--log=nonsense", "--version"}), text);
}

}  // namespace
}  // namespace umoci::cli
