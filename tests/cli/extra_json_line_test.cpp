// SPDX-License-Identifier: Apache-2.0

// What --json prints at a terminal.

#include <umoci_test/command_line.hpp>

#include <cli/json_line.hpp>
#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(EscapeControls, escapes_what_steers_a_terminal) {
  EXPECT_EQ(escape_controls("\"a\x7f\xc2\x80\xc2\x9b\xc2\x9f\""), R"("a\u007f\u0080\u009b\u009f")");
  EXPECT_EQ(escape_controls("\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\xaa\xe2\x80\xae"),
            R"(\u061c\u200e\u200f\u202a\u202e)");
  EXPECT_EQ(escape_controls("\xe2\x81\xa6\xe2\x81\xa9"), R"(\u2066\u2069)");
}

TEST(EscapeControls, leaves_the_neighbours_and_all_else_alone) {
  for (const std::string_view text :
       {"", "~", "\xc2\xa0", "\xd8\x9b", "\xe2\x80\x8d", "\xe2\x80\x90", "\xe2\x80\xa9",
        "\xe2\x80\xaf", "\xe2\x81\xa5", "\xe2\x81\xaa", "\xf0\x9f\x90\x8b", "\xff\xc2",
        R"({"a\u0000\"":[1,true,null]})"}) {
    EXPECT_EQ(escape_controls(text), text);
  }
}

class JsonAtTerminalTest : public CommandLineTest {
 protected:
  /// Runs the line once for a program and once for a terminal, which must say the same.
  void expect_escapes(const std::vector<std::string>& line) {
    out_is_terminal = false;
    const std::string plain = run_well(line);
    EXPECT_THAT(plain, HasSubstr(controls)) << line_of(line);
    out_is_terminal = true;
    const std::string shown = run_well(line);
    EXPECT_THAT(shown, Not(HasSubstr("\x7f"))) << line_of(line);
    EXPECT_THAT(shown, HasSubstr(R"(\u007f\u009b31m\u202e)")) << line_of(line);
    EXPECT_EQ(oci::Json::parse(shown).dump(), oci::Json::parse(plain).dump()) << line_of(line);
  }

  const std::string controls = "\x7f\xc2\x9b" + std::string("31m\xe2\x80\xae");
};

TEST_F(JsonAtTerminalTest, cannot_steer_it) {
  make_layout();
  run_well({"config", "--image", image(), "--author", controls, "--history.comment", controls,
            "--manifest.annotation", "a=" + controls});
  expect_escapes({"config", "--image", image(), "--json"});
  expect_escapes({"config", "--image", image(), "--json", "--get", "author"});
  expect_escapes({"stat", "--image", image(), "--json"});
  open().update_index(
      [&](oci::Index& index) { index.manifests.front().annotations.emplace("other", controls); });
  expect_escapes({"list", "--layout", path("layout"), "--json"});
}

}  // namespace
}  // namespace umoci::cli
