// SPDX-License-Identifier: Apache-2.0

// --history.auto: the command line in the history, as a shell would read it again.

#include <umoci_test/command_line.hpp>

#include <cli/shell_quote.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;

TEST(ShellQuote, leaves_alone_what_no_shell_changes) {
  for (const std::string word : {"a", "-x", "--config.env=A=1", "/usr/bin", "a:b", "80/tcp", "1,2",
                                 "user@host", "50%", "a_b", "+x"}) {
    EXPECT_EQ(shell_quoted(word), word);
  }
}

TEST(ShellQuote, puts_the_rest_into_single_quotes) {
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_quoted("'"), R"(''\''')");
  EXPECT_EQ(shell_quoted("$HOME `x` \"\\"), "'$HOME `x` \"\\'");
  EXPECT_EQ(shell_quoted("=ls"), "'=ls'");
  EXPECT_EQ(shell_quoted("~"), "'~'");
  EXPECT_EQ(shell_quoted("ä"), "'ä'");
  for (const char c : std::string("!#&()*;<>?[]^{|}~")) {
    EXPECT_EQ(shell_quoted(std::string(1, c)), "'" + std::string(1, c) + "'");
  }
}

TEST(ShellQuote, escapes_what_is_no_text) {
  EXPECT_EQ(shell_quoted("a\nb"), R"($'a\012b')");
  EXPECT_EQ(shell_quoted("\t1'\\"), R"($'\0111\'\\')");
  EXPECT_EQ(shell_quoted("\xff$x\x1b[31m"), R"($'\377$x\033[31m')");
  EXPECT_EQ(shell_quoted("ä\u202e"), R"($'ä\342\200\256')");
}

class HistoryAutoTest : public CommandLineTest {
 protected:
  void SetUp() override { make_layout(); }

  /// Who made the last line of the history.
  std::string created_by(std::string_view tag = "latest") const {
    const auto json = oci::Json::parse(history(tag));
    return *json.if_array()->back().find("created_by")->if_string();
  }
};

TEST_F(HistoryAutoTest, names_the_whole_command_line) {
  run_well({"config", "--image", image(), "--history.auto", "--config.cmd", "-c", "--config.env",
            "A=it's a\ntest", "--author="});
  EXPECT_EQ(created_by(), "umoci config --image " + shell_quoted(image()) +
                              R"( --history.auto --config.cmd -c --config.env )"
                              R"($'A=it\'s a\012test' --author=)");
  // What stands before the command is no part of what was done to the image.
  EXPECT_EQ(run({"--log", "info", "config", "-history.auto", "-image=" + image()}).status, 0);
  EXPECT_EQ(created_by(), "umoci config -history.auto " + shell_quoted("-image=" + image()));
}

TEST_F(HistoryAutoTest, exists_wherever_history_does) {
  const std::string start = " --history.auto --image " + shell_quoted(image()) + " ";
  run_well({"unpack", "--rootless", "--image", image(), path("bundle")});
  test::write_file(path("bundle/rootfs/new file"), "x");
  run_well({"repack", "--history.auto", "--image", image(), path("bundle")});
  EXPECT_EQ(created_by(), "umoci repack" + start + shell_quoted(path("bundle")));
  run_well({"insert", "--history.auto", "--image", image(), "--rootless",
            path("bundle/rootfs/new file"), "/x y"});
  EXPECT_EQ(created_by(), "umoci insert" + start + "--rootless " +
                              shell_quoted(path("bundle/rootfs/new file")) + " '/x y'");
  test::write_file(path("layer.tar"), std::string(1024, '\0'));
  run_well({"raw", "add-layer", "--history.auto", "--image", image(), path("layer.tar")});
  EXPECT_EQ(created_by(), "umoci raw add-layer" + start + shell_quoted(path("layer.tar")));
}

TEST_F(HistoryAutoTest, goes_with_the_other_flags_of_history) {
  run_well({"config", "--image", image(), "--history.auto", "--history.author=a",
            "--history.comment=c", "--history.created=2020-01-01T00:00:00Z"});
  EXPECT_THAT(history(), HasSubstr(R"("author":"a","comment":"c","empty_layer":true)"));
  run_well({"config", "--image", image(), "--history.auto", "--history.auto=false"});
  EXPECT_EQ(created_by(), "umoci config");
  run_well({"config", "--image", image(), "--history.auto=0", "--history.created_by=x"});
  EXPECT_EQ(created_by(), "x");
}

TEST_F(HistoryAutoTest, conflicts_with_what_says_otherwise) {
  for (const Words& command : {Words{"config"},
                               {"repack", path("bundle")},
                               {"insert", "/source", "/target"},
                               {"raw", "add-layer", path("layer.tar")}}) {
    auto words = command;
    words.insert(words.end(), {"--image", path("nosuch"), "--history.auto"});
    auto with_text = words;
    with_text.emplace_back("--history.created_by=");
    EXPECT_THAT(run_badly(with_text), HasSubstr("--history.auto and --history.created_by may not"));
    words.emplace_back("--no-history");
    EXPECT_THAT(run_badly(words), HasSubstr("--no-history and --history.auto may not"));
  }
}

}  // namespace
}  // namespace umoci::cli
