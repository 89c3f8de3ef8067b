// SPDX-License-Identifier: Apache-2.0

// Which of several mistakes on one line is told, and that nothing is touched before all arguments
// were checked.

#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class OrderOfChecksTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout();
    before_ = everything();
  }
  void TearDown() override { EXPECT_EQ(everything(), before_); }

  std::string bundle() const { return path("bundle"); }

 private:
  std::map<std::string, std::string> before_;
};

TEST_F(OrderOfChecksTest, the_syntax_of_flags_comes_first) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"config", "--nosuch", "--image", ":"},
        {"config", "--image", ":", "--author"},
        {"unpack", "--image", image(), "--rootless=maybe", bundle()},
        {"stat", "--json=maybe", "--image", image()},
        {"config", "--image", image(), "--os", "x", "--platform.os", "y"},
        {"init", "--tag", "x"},
        {"list", "--ref", "x"},
        {"stat", "--tag", "x"},
        {"repack", "--image", image(), "--config.cmd", "x", bundle()},
        {"new", "--image", image(), "--no-history"},
        {"raw", "add-layer", "--image", image(), "--mask-path", "x", bundle()}}) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 1) << line_of(words);
    EXPECT_THAT(outcome.out, StartsWith("Incorrect Usage: ")) << line_of(words);
    EXPECT_THAT(outcome.out, HasSubstr("\n\nNAME:\n   umoci ")) << line_of(words);
    const std::string reason = outcome.out.substr(17, outcome.out.find('\n') - 17);
    ASSERT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
    EXPECT_THAT(fatal_lines(outcome.err).front(), StartsWith(reason));
  }
}

TEST_F(OrderOfChecksTest, other_mistakes_print_the_fatal_line_only) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"stat"}, {"stat", "--image", ""}, {"tag", "--image", image()}}) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 1) << line_of(words);
    EXPECT_EQ(outcome.out, "") << line_of(words);
    EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
  }
}

TEST_F(OrderOfChecksTest, then_come_the_arguments_one_by_one) {
  // From the last check to the first: each new mistake is the one that is told.
  std::vector<std::string> words{"raw", "add-layer"};
  const auto told_with = [&](const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return run_badly(words);
  };
  EXPECT_THAT(told_with({"--image", image(), ""}), HasSubstr("<layer.tar> cannot be empty"));
  EXPECT_THAT(told_with({"more"}), HasSubstr("positional arguments: expected <layer.tar>, got 2"));
  EXPECT_THAT(told_with({"--tag", "-"}), HasSubstr("invalid --tag"));
  EXPECT_THAT(told_with({"--no-history", "--history.comment="}),
              HasSubstr("--no-history and --history.comment may not be specified together"));
  EXPECT_THAT(told_with({"--compress", "xz"}), HasSubstr("unknown layer compression type \"xz\""));
  EXPECT_THAT(told_with({"--image", "layout:-"}), HasSubstr("invalid --image: tag contains"));
  EXPECT_THAT(told_with({"--image", ":-"}), HasSubstr("invalid --image: path is empty"));
  EXPECT_THAT(told_with({"--nosuch"}), HasSubstr("-nosuch"));
}

TEST_F(OrderOfChecksTest, every_history_flag_conflicts_with_no_history) {
  for (const std::string flag :
       {"history.author", "history.comment", "history.created", "history.created_by"}) {
    for (const std::vector<std::string>& command : {std::vector<std::string>{"config"},
                                                    {"repack", bundle()},
                                                    {"raw", "add-layer", path("layer.tar")}}) {
      auto words = command;
      words.insert(words.end(), {"--image", image(), "--no-history", "--" + flag + "=x"});
      const std::string told = run_badly(words);
      EXPECT_THAT(told, HasSubstr("--no-history"));
      EXPECT_THAT(told, HasSubstr("--" + flag));
    }
  }
}

TEST_F(OrderOfChecksTest, positional_arguments_are_counted) {
  EXPECT_THAT(run_badly({"config", "--image", image(), "x"}), HasSubstr("expected none, got 1"));
  EXPECT_THAT(run_badly({"unpack", "--image", image()}), HasSubstr("expected <bundle>, got 0"));
  EXPECT_THAT(run_badly({"unpack", "--image", image(), bundle(), "x"}), HasSubstr("got 2"));
  EXPECT_THAT(run_badly({"repack", "--image", image()}), HasSubstr("expected <bundle>"));
  EXPECT_THAT(run_badly({"new", "--image", image("new"), "x"}), HasSubstr("expected none"));
  EXPECT_THAT(run_badly({"tag", "--image", image(), "a", "b"}), HasSubstr("expected <new-tag>"));
  EXPECT_THAT(run_badly({"rm", "--image", image(), "x"}), HasSubstr("expected none"));
  EXPECT_THAT(run_badly({"stat", "--image", image(), "x"}), HasSubstr("expected none"));
  EXPECT_THAT(run_badly({"gc", "--layout", path("layout"), "x"}), HasSubstr("expected none"));
  EXPECT_THAT(run_badly({"init", "--layout", path("new"), "x"}), HasSubstr("expected none"));
  EXPECT_THAT(run_badly({"ls", "--layout", path("layout"), "x"}), HasSubstr("expected none"));
  EXPECT_THAT(run_badly({"unpack", "--image", image(), ""}), HasSubstr("cannot be empty"));
  EXPECT_THAT(run_badly({"repack", "--image", image(), ""}), HasSubstr("cannot be empty"));
  EXPECT_THAT(run_badly({"tag", "--image", image(), ""}), HasSubstr("cannot be empty"));
}

TEST_F(OrderOfChecksTest, values_are_understood_before_a_bundle_is_made) {
  for (const std::string map :
       {"0", "0:1:2:3", "a:b", "0:-1", "0: 1", "0:4294967296", "", ":", "0:"}) {
    EXPECT_THAT(run_badly({"unpack", "--image", image(), "--uid-map", map, bundle()}),
                HasSubstr("failure parsing --uid-map"));
    EXPECT_THAT(run_badly({"unpack", "--image", image(), "--gid-map", map, bundle()}),
                HasSubstr("failure parsing --gid-map"));
  }
}

TEST_F(OrderOfChecksTest, source_date_epoch_counts_where_it_has_an_effect) {
  run_well({"unpack", "--image", image(), bundle()});
  test::write_file(path("layer.tar"), std::string(1024, '\0'));
  const auto before = everything();
  for (const std::string epoch :
       {"abc", "1.5", " 5", "5 ", "0x10", "99999999999999999999", "+-5", "--5", "++5", "+", "-"}) {
    environment["SOURCE_DATE_EPOCH"] = epoch;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"new", "--image", image("new")},
          {"config", "--image", image()},
          {"config", "--image", image(), "--no-history"},
          {"config", "--image", image(), "--history.created", "2020-01-01T00:00:00Z"},
          {"repack", "--image", image(), bundle()},
          {"raw", "add-layer", "--image", image(), path("layer.tar")}}) {
      EXPECT_THAT(run_badly(words), HasSubstr("SOURCE_DATE_EPOCH=\"" + epoch + "\""));
    }
    EXPECT_EQ(everything(), before);
    // The others take no notice.
    run_well({"stat", "--image", image()});
    run_well({"ls", "--layout", path("layout")});
    run_well({"rm", "--image", image("nosuch")});
  }
  EXPECT_EQ(everything(), before);
  std::filesystem::remove_all(bundle());
  run_well({"unpack", "--image", image(), bundle()});
  std::filesystem::remove_all(bundle());
  std::filesystem::remove(path("layer.tar"));
}

}  // namespace
}  // namespace umoci::cli
