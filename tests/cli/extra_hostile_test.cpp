// SPDX-License-Identifier: Apache-2.0

// Names and values that try to break lines or steer terminals, and lines of random words.

#include <umoci_test/command_line.hpp>

#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;

const std::string hostile = "\x1b[31m\n   ⨯ forged\r\x7f\x80\u202e\u0085";

bool is_harmless(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\n';
  });
}

class HostileTest : public CommandLineTest {
 protected:
  void expect_one_harmless_line(const std::vector<std::string>& words, int status = 1) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, status) << outcome;
    EXPECT_TRUE(is_harmless(outcome.err)) << outcome;
    EXPECT_TRUE(is_harmless(outcome.out)) << outcome;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome;
    EXPECT_THAT(outcome.err, ::testing::Not(HasSubstr("\u202e")));
    EXPECT_THAT(outcome.err, ::testing::Not(HasSubstr("\xc2\x85")));
  }
};

TEST_F(HostileTest, words_are_printed_as_text) {
  make_layout();
  expect_one_harmless_line({hostile}, 3);
  expect_one_harmless_line({"--" + hostile});
  expect_one_harmless_line({"--log", hostile, "list"});
  expect_one_harmless_line({"--verbose=" + hostile, "list"});
  expect_one_harmless_line({"raw", hostile}, 3);
  expect_one_harmless_line({"stat", "--" + hostile});
  expect_one_harmless_line({"stat", "--json=" + hostile});
  expect_one_harmless_line({"stat", "--image", path(hostile)});
  expect_one_harmless_line({"stat", "--image", image(hostile)});
  expect_one_harmless_line({"list", "--layout", path(hostile)});
  expect_one_harmless_line({"tag", "--image", image(), hostile});
  expect_one_harmless_line({"config", "--image", image(), "--clear", hostile});
  expect_one_harmless_line({"config", "--image", image(), "--created", hostile});
  expect_one_harmless_line({"config", "--image", image(), "--config.env", hostile});
  expect_one_harmless_line({"repack", "--image", image(), path(hostile)});
  expect_one_harmless_line({"raw", "add-layer", "--image", image(), path(hostile)});
  expect_one_harmless_line({"raw", "add-layer", "--image", image(), "--compress", hostile, "x"});
  environment["SOURCE_DATE_EPOCH"] = hostile;
  expect_one_harmless_line({"new", "--image", image()});
}

TEST_F(HostileTest, documents_are_printed_as_text) {
  run_well({"init", "--layout", path("layout")});
  auto layout = open();
  oci::ImageConfig config("a\x1b", "o\n");
  config.set_author("au\nthor");
  config.set_created("not a date\n\x1b[31m");
  config.set_user("u\r");
  config.set_cmd({"c\n"});
  config.set_labels({{"l\n", "\x1b"}});
  config.append_history({.created = "\x1b[32m",
                         .created_by = "b\n",
                         .author = {},
                         .comment = "\x07",
                         .empty_layer = true});
  oci::Manifest manifest;
  manifest.media_type = oci::media_type::manifest;
  manifest.config = test::put_document(layout, oci::media_type::image_config, config.dump());
  manifest.annotations = {{"a\n", "\x1b[2J"}};
  manifest.artifact_type = "t\n";
  test::tag(layout, "latest",
            test::put_document(layout, oci::media_type::manifest, manifest.dump()));
  const std::string text = run_well({"stat", "--image", image()});
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t';
  })) << text;
  EXPECT_THAT(text, HasSubstr("\nCreated: \"not a date\\n\\x1b[31m\"\n"));
  EXPECT_THAT(text, HasSubstr("\n<none> \"\\x1b[32m\" \"b\\n\""));
  const std::string json = run_well({"stat", "--json", "--image", image()});
  EXPECT_EQ(std::count(json.begin(), json.end(), '\n'), 1);
  EXPECT_THAT(json, HasSubstr(R"("created":"not a date\n\u001b[31m")"));
  EXPECT_THAT(json, HasSubstr(R"({"layer":null,"diff_id":"","created":"\u001b[32m")"));
}

TEST_F(HostileTest, names_go_to_programs_as_bytes_and_to_terminals_as_text) {
  make_layout({"a"});
  std::string text = test::read_file(path("layout/index.json"));
  text.replace(text.find("\"a\""), 3, "\"a\\n\\u001b[31mb\"");
  test::write_file(path("layout/index.json"), text);
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "a\n\x1b[31mb\n");
  out_is_terminal = true;
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "a\\n\\x1b[31mb\n");
}

TEST_F(HostileTest, values_that_are_no_text_become_text) {
  make_layout();
  run_well({"config", "--image", image(), "--author",
            "a\xff"
            "b",
            "--config.env=A=\xc3"});
  EXPECT_EQ(config_member("author"), "\"a\ufffdb\"");
  EXPECT_EQ(config_member("config.Env"), "[\"A=\ufffd\"]");
  run_well({"stat", "--image", image()});
}

/// A word that might stand on a command line.
rc::Gen<std::string> any_word() {
  return rc::gen::oneOf(rc::gen::elementOf(std::vector<std::string>{"config",
                                                                    "unpack",
                                                                    "repack",
                                                                    "new",
                                                                    "tag",
                                                                    "rm",
                                                                    "stat",
                                                                    "insert",
                                                                    "gc",
                                                                    "init",
                                                                    "ls",
                                                                    "raw",
                                                                    "add-layer",
                                                                    "help",
                                                                    "--help",
                                                                    "-h",
                                                                    "--version",
                                                                    "--verbose",
                                                                    "--log=debug",
                                                                    "--log",
                                                                    "--",
                                                                    "-",
                                                                    "",
                                                                    "--image",
                                                                    "--image=/nonexistent",
                                                                    "--layout=/nonexistent",
                                                                    "--layout",
                                                                    "--tag",
                                                                    "--no-history",
                                                                    "--history.author",
                                                                    "--json",
                                                                    "--json=x",
                                                                    "--os",
                                                                    "--platform.os=x",
                                                                    "--rootless",
                                                                    "--uid-map=0:0",
                                                                    "--clear",
                                                                    "---",
                                                                    "-=",
                                                                    "--=x"}),
                        rc::gen::map(rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
                                     [](std::string word) {
                                       // No shell can pass NUL; no line shall reach a file.
                                       std::erase_if(word,
                                                     [](char c) { return c == '\0' || c == '/'; });
                                       return "/nonexistent" + word;
                                     }));
}

TEST_F(HostileTest, any_line_ends_with_a_status_and_one_reason) {
  const auto before = everything();
  EXPECT_TRUE(rc::check("random lines", [&] {
    const auto words = *rc::gen::container<std::vector<std::string>>(any_word());
    const Outcome outcome = run(words);
    const auto fatal = fatal_lines(outcome.err);
    RC_ASSERT(is_harmless(outcome.err));
    RC_ASSERT(outcome.status == 0 || outcome.status == 1 || outcome.status == 3);
    RC_ASSERT(fatal.size() == (outcome.status == 1 ? 1U : 0U));
    if (outcome.status != 0) RC_ASSERT(!outcome.err.empty());
  }));
  EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace umoci::cli
