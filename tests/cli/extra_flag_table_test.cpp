// SPDX-License-Identifier: Apache-2.0

// The table of flags is whole: help, man pages and completion say only what is in it.

#include <cli/commands/commands.hpp>
#include <cli/global_flags.hpp>
#include <cli/manual/topic.hpp>
#include <umoci_test/command_line.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FlagTableTest : public CommandLineTest {
 protected:
  /// Every flag, with the words that are typed before it.
  [[nodiscard]] std::vector<std::pair<std::vector<std::string>, Flag>> every_flag() const {
    std::vector<std::pair<std::vector<std::string>, Flag>> all;
    for (const Flag& flag : global_flags()) all.push_back({{}, flag});
    for (const Topic& topic : topics_) {
      for (const Flag& flag : topic.command->flags) all.push_back({words_of(topic), flag});
    }
    return all;
  }

  static std::vector<std::string> words_of(const Topic& topic) {
    const std::size_t blank = topic.name.find(' ');
    if (blank == std::string::npos) return {topic.name};
    return {topic.name.substr(0, blank), topic.name.substr(blank + 1)};
  }

  const std::vector<Command> commands_ = all_commands();
  const std::vector<Topic> topics_ = topics(commands_);
};

TEST_F(FlagTableTest, describes_every_flag) {
  for (const auto& [words, flag] : every_flag()) {
    const std::string name = line_of(words) + " --" + std::string(flag.name);
    EXPECT_FALSE(flag.description.empty()) << name << " has no description";
    EXPECT_FALSE(flag.description.ends_with('.')) << name << " is described by a phrase";
    const bool has_value = flag.kind != FlagKind::boolean;
    EXPECT_FALSE(has_value && !flag.words.empty()) << name << ": words of a boolean";
    EXPECT_EQ(has_value, !flag.value_name.empty()) << name << ": name of the value";
    EXPECT_EQ(has_value, flag.hint != ValueHint::none) << name << ": hint for completion";
    EXPECT_EQ(flag.hint == ValueHint::choice, !flag.choices.empty()) << name << ": choices";
  }
  EXPECT_GT(every_flag().size(), 100U);
}

TEST_F(FlagTableTest, describes_every_command) {
  for (const Topic& topic : topics_) {
    const Command& command = *topic.command;
    EXPECT_FALSE(command.summary.empty()) << topic.name;
    EXPECT_TRUE(!command.description.empty() || !command.subcommands.empty()) << topic.name;
    const auto arguments = std::ranges::count(command.usage, '<');
    EXPECT_EQ(static_cast<std::size_t>(arguments), command.positional_hints.size()) << topic.name;
  }
}

TEST_F(FlagTableTest, has_no_spelling_twice) {
  for (const Topic& topic : topics_) {
    std::map<std::string, int> times;
    for (const Flag& flag : with_global_flags(topic.command->flags)) {
      for (const std::string& spelling : spellings(flag)) ++times[spelling];
    }
    for (const auto& [spelling, count] : times) {
      EXPECT_EQ(count, 1) << topic.name << " " << spelling;
    }
  }
}

TEST_F(FlagTableTest, is_what_help_prints) {
  for (const auto& [words, flag] : every_flag()) {
    auto line = words;
    line.emplace_back("--help");
    const std::string help = run_well(line);
    for (const std::string& spelling : spellings(flag)) {
      EXPECT_THAT(help, HasSubstr(spelling)) << line_of(line);
    }
  }
}

TEST_F(FlagTableTest, offers_only_values_that_are_taken) {
  for (const auto& [words, flag] : every_flag()) {
    for (const std::string& choice : flag.choices) {
      auto line = words;
      line.push_back(fmt::format("--{}={}{}", flag.name, choice, choice.ends_with('=') ? "1" : ""));
      // A command needs more than that, and says so; of the value it has nothing to say.
      if (words.empty()) line.emplace_back("--help");
      for (const std::string_view needed : {"image", "layout"}) {
        if (words.empty() || flag.name == needed) continue;
        const Topic& topic =
            *std::ranges::find(topics_, fmt::format("{}", fmt::join(words, " ")), &Topic::name);
        if (std::ranges::find(topic.command->flags, needed, &Flag::name) !=
            topic.command->flags.end()) {
          line.push_back(fmt::format("--{}={}", needed, path("nosuch")));
        }
      }
      EXPECT_THAT(run(line).err, Not(HasSubstr(fmt::format("--{}", flag.name)))) << line_of(line);
    }
  }
}

}  // namespace
}  // namespace umoci::cli
