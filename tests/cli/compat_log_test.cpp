// SPDX-License-Identifier: Apache-2.0

// Log lines: their form, their levels, and which of them a command line shows.

#include <umoci_test/command_line.hpp>

#include <cli/log_printer.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string printed(LogLevel level, std::string_view message, const std::vector<LogField>& fields,
                    Color color = Color::off) {
  std::ostringstream out;
  LogPrinter log(out, color);
  log.set_level(LogLevel::debug);
  log.write(level, message, fields);
  return out.str();
}

TEST(LogLine, has_symbol_message_and_fields_by_key) {
  EXPECT_EQ(printed(LogLevel::info, "short", {{"z", "1"}, {"a", "two words"}}),
            "   • short                     a=two words z=1\n");
  EXPECT_EQ(printed(LogLevel::warn, "exactly twenty-five chars", {{"k", "v"}}),
            "   • exactly twenty-five chars k=v\n");
  EXPECT_EQ(printed(LogLevel::debug, "a message longer than twenty-five", {{"k", ""}}),
            "   • a message longer than twenty-five k=\n");
  EXPECT_EQ(printed(LogLevel::error, "bad", {}), "   ⨯ bad                      \n");
  EXPECT_EQ(printed(LogLevel::fatal, "bad", {}), "   ⨯ bad                      \n");
}

TEST(LogLine, counts_code_points) {
  EXPECT_EQ(printed(LogLevel::info, "äöü", {{"k", "v"}}),
            "   • äöü" + std::string(22, ' ') + " k=v\n");
}

TEST(LogLine, is_colored_by_level) {
  EXPECT_EQ(
      printed(LogLevel::info, "m", {{"k", "v"}}, Color::on),
      "\x1b[34m\x1b[1m   •\x1b[22m m" + std::string(24, ' ') + "\x1b[0m \x1b[34mk\x1b[0m=v\n");
  EXPECT_THAT(printed(LogLevel::debug, "m", {}, Color::on), StartsWith("\x1b[37m"));
  EXPECT_THAT(printed(LogLevel::warn, "m", {}, Color::on), StartsWith("\x1b[33m"));
  EXPECT_THAT(printed(LogLevel::error, "m", {}, Color::on), StartsWith("\x1b[31m"));
  EXPECT_THAT(printed(LogLevel::fatal, "m", {}, Color::on), StartsWith("\x1b[31m"));
}

class LogTest : public CommandLineTest {
 protected:
  /// Standard error of a line that succeeds, or fails, at a level.
  std::string at_level(const std::vector<std::string>& global,
                       const std::vector<std::string>& command) {
    std::vector<std::string> words = global;
    words.insert(words.end(), command.begin(), command.end());
    return run(words).err;
  }
};

TEST_F(LogTest, milestones_are_at_info) {
  const std::vector<std::string> init{"init", "--layout", path("layout")};
  EXPECT_THAT(at_level({"--log=info"}, init), ContainsRegex("^   • created new OCI image layout"));
  const std::vector<std::string> create{"new", "--image", image("a")};
  EXPECT_THAT(at_level({"--verbose"}, create),
              ContainsRegex("new image manifest created: sha256:[0-9a-f]{64}\n"
                            "   • created new tag .*tag=a\n$"));
  const std::vector<std::string> config{"config", "--image", image("a"), "--tag", "b"};
  EXPECT_THAT(at_level({"--log", "info"}, config),
              ContainsRegex("new image manifest created: sha256:[0-9a-f]{64}->sha256:"));
  EXPECT_THAT(at_level({"-log=INFO"}, {"tag", "--image", image("a"), "c"}), HasSubstr("tag=c"));
  EXPECT_THAT(at_level({"--verbose=true"}, {"rm", "--image", image("c")}),
              HasSubstr("removed tag"));
  EXPECT_THAT(at_level({"--verbose"}, {"rm", "--image", image("c")}),
              HasSubstr("there is no such tag"));
  const std::string unpacked =
      at_level({"--verbose"}, {"unpack", "--image", image("a"), path("bundle")});
  EXPECT_THAT(unpacked, HasSubstr("unpacking bundle"));
  EXPECT_THAT(unpacked, HasSubstr("computing filesystem manifest"));
  EXPECT_THAT(unpacked, HasSubstr(path("bundle")));
}

TEST_F(LogTest, success_is_silent_by_default) {
  make_layout({"a"});
  for (const std::string level :
       {"warn", "warning", "Warning", "WARNING", "WARN", "error", "fatal", "ERROR"}) {
    const Outcome outcome = run({"--log", level, "config", "--image", image("a")});
    EXPECT_EQ(outcome.status, 0) << level;
    EXPECT_EQ(outcome.out + outcome.err, "") << level;
  }
}

TEST_F(LogTest, the_fatal_line_is_printed_at_every_level) {
  for (const std::string level : {"debug", "info", "warn", "error", "fatal"}) {
    const Outcome outcome = run({"--log=" + level, "stat", "--image", path("nosuch")});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    ASSERT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
    EXPECT_THAT(fatal_lines(outcome.err).front(), HasSubstr("invalid image detected"));
    // At debug the same text stands in a line of its own before.
    const std::string copy = "   • " + fatal_lines(outcome.err).front() + "\n   ⨯ ";
    EXPECT_EQ(outcome.err.find(copy) != std::string::npos, level == "debug") << outcome;
  }
}

TEST_F(LogTest, a_bad_level_is_an_error_before_anything_is_done) {
  for (const std::string level : {"", "nonsense", "warn ", "trace", "3"}) {
    EXPECT_THAT(run_badly({"--log", level, "init", "--layout", path("layout")}),
                HasSubstr("parsing log level"));
  }
  EXPECT_FALSE(std::filesystem::exists(path("layout")));
}

TEST_F(LogTest, verbose_and_log_exclude_each_other) {
  for (const std::string log : {"--log=info", "--log=warn", "--log=fatal"}) {
    EXPECT_THAT(run_badly({"--verbose", log, "init", "--layout", path("layout")}),
                HasSubstr("mutually exclusive"));
  }
  EXPECT_FALSE(std::filesystem::exists(path("layout")));
  EXPECT_EQ(run_well({"--verbose=false", "--log=warn", "init", "--layout", path("layout")}), "");
}

TEST_F(LogTest, global_flags_are_usage_errors) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--nosuch"},
                                                {"--log"},
                                                {"--verbose=maybe", "help"},
                                                {"--layout", "x", "list"}}) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 1) << line_of(words);
    EXPECT_THAT(outcome.out, StartsWith("Incorrect Usage. ")) << line_of(words);
    EXPECT_THAT(outcome.out, HasSubstr("\n\nNAME:\n")) << line_of(words);
    EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
  }
}

TEST_F(LogTest, colors_are_for_terminals) {
  const auto err = [&] { return run({"stat", "--image", path("nosuch")}).err; };
  EXPECT_THAT(err(), Not(HasSubstr("\x1b")));
  err_is_terminal = true;
  EXPECT_THAT(err(), HasSubstr("\x1b[31m"));
  environment["NO_COLOR"] = "";
  environment["TERM"] = "xterm";
  EXPECT_THAT(err(), HasSubstr("\x1b[31m"));
  environment["NO_COLOR"] = "1";
  EXPECT_THAT(err(), Not(HasSubstr("\x1b")));
  environment.erase("NO_COLOR");
  environment["TERM"] = "dumb";
  EXPECT_THAT(err(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace umoci::cli
