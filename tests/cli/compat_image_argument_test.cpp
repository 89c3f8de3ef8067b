// SPDX-License-Identifier: Apache-2.0

// PATH[:TAG], --layout, --tag, and the grammar of tags.

#include <umoci_test/command_line.hpp>

#include <cli/arguments/image.hpp>
#include <umoci_test/errors.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> valid_tags{"a",   "1",   "a-b", "a--b", "a.b",     "a_b",
                                          "a:b", "a@b", "a+b", "a/b",  "x/y:z/w", "sha256:abc"};
const std::vector<std::string> invalid_tags{"",      ".a",   "-a", "a-", "a---b", "a..b", "a__b",
                                            "a-_b",  "a//b", "/a", "a/", "a b",   "ä",    "a\n",
                                            "a\x01", "a:",   "@",  "a+", "~"};

ParsedFlags flags_with(std::string_view name, const std::string& value) {
  ParsedFlags flags;
  flags.set(name, FlagKind::single, value);
  return flags;
}

TEST(ImageArgument, is_split_at_the_first_colon) {
  const auto parse = [](const std::string& value) {
    return require_image(flags_with("image", value));
  };
  EXPECT_EQ(parse("dir").layout, "dir");
  EXPECT_EQ(parse("dir").tag(), "latest");
  EXPECT_EQ(parse("dir:fedora:40").layout, "dir");
  EXPECT_EQ(parse("dir:fedora:40").tag(), "fedora:40");
  EXPECT_EQ(parse("dir@sha256:abc").layout, "dir@sha256");
  EXPECT_EQ(parse("dir@sha256:abc").tag(), "abc");
  EXPECT_EQ(parse("dir:sha256:abc").tag(), "sha256:abc");
  EXPECT_EQ(parse("a/b/:x").layout, "a/b/");
}

TEST(ImageArgument, needs_a_path_and_a_tag) {
  EXPECT_ERROR(invalid_argument, "missing mandatory argument: --image",
               require_image(ParsedFlags()));
  for (const std::string value : {"", ":t", ":", ":-"}) {
    EXPECT_ERROR(invalid_argument, "invalid --image: path is empty",
                 require_image(flags_with("image", value)));
  }
  for (const auto& tag : valid_tags) {
    EXPECT_EQ(require_image(flags_with("image", "d:" + tag)).tag(), tag);
  }
  for (const auto& tag : invalid_tags) {
    EXPECT_ERROR(invalid_argument, "invalid --image: tag contains invalid characters",
                 require_image(flags_with("image", "d:" + tag)));
  }
}

TEST(ImageArgument, layouts_have_no_tag) {
  EXPECT_EQ(require_layout(flags_with("layout", "a/b")).path, "a/b");
  EXPECT_ERROR(invalid_argument, "missing mandatory argument: --layout",
               require_layout(ParsedFlags()));
  EXPECT_ERROR(invalid_argument, "invalid --layout: path is empty",
               require_layout(flags_with("layout", "")));
  EXPECT_ERROR(invalid_argument, "contains ':'", require_layout(flags_with("layout", "a:b")));
}

TEST(ImageArgument, destinations_follow_the_grammar) {
  const ImageArgument source{.layout = "d", .reference = {.ref_name = "source"}};
  EXPECT_EQ(destination_tag(ParsedFlags(), source), "source");
  for (const auto& tag : valid_tags) {
    EXPECT_EQ(destination_tag(flags_with("tag", tag), source), tag);
  }
  for (const auto& tag : invalid_tags) {
    EXPECT_ERROR(invalid_argument, "invalid --tag",
                 destination_tag(flags_with("tag", tag), source));
  }
}

class ImageArgumentTest : public CommandLineTest {};

TEST_F(ImageArgumentTest, the_path_may_have_slashes_and_links) {
  make_layout({"latest"});
  std::filesystem::create_directory_symlink("layout", path("link"));
  EXPECT_EQ(run_well({"ls", "--layout", path("layout///")}), "latest\n");
  EXPECT_EQ(run_well({"ls", "--layout", path("link")}), "latest\n");
  run_well({"tag", "--image", path("link/:latest"), "b"});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "latest\nb\n");
}

TEST_F(ImageArgumentTest, a_tag_is_not_a_digest) {
  make_layout({"latest"});
  const std::string digest = entry("latest").digest.text();
  EXPECT_THAT(run_badly({"stat", "--image", image(digest)}), HasSubstr("tag not found"));
}

TEST_F(ImageArgumentTest, unknown_and_ambiguous_tags_are_told) {
  make_layout({"a", "b"});
  for (const std::string command : {"stat", "config"}) {
    EXPECT_THAT(run_badly({command, "--image", image("nosuch")}), HasSubstr("nosuch"));
    EXPECT_THAT(run_badly({command, "--image", image("nosuch")}), HasSubstr("not found"));
  }
  EXPECT_THAT(run_badly({"unpack", "--image", image("nosuch"), path("bundle")}),
              HasSubstr("not found"));
  EXPECT_FALSE(std::filesystem::exists(path("bundle")));
  // A second entry of the same name, for another image.
  run_well({"config", "--image", image("b")});
  auto text = test::read_file(path("layout/index.json"));
  const auto second = text.find("\"b\"");
  ASSERT_NE(second, std::string::npos);
  text.replace(second, 3, "\"a\"");
  test::write_file(path("layout/index.json"), text);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"stat", "--image", image("a")},
        {"config", "--image", image("a")},
        {"tag", "--image", image("a"), "c"},
        {"unpack", "--image", image("a"), path("bundle")}}) {
    EXPECT_THAT(run_badly(words), HasSubstr("tag is ambiguous"));
  }
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "a\na\n");
  run_well({"rm", "--image", image("a")});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "");
}

TEST_F(ImageArgumentTest, what_is_no_layout_is_an_invalid_image) {
  std::filesystem::create_directory(path("empty"));
  test::write_file(path("file"), "");
  for (const std::string name : {"nosuch", "empty", "file", "file/below"}) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"stat", "--image", path(name)},
          {"ls", "--layout", path(name)},
          {"gc", "--layout", path(name)},
          {"new", "--image", path(name)},
          {"config", "--image", path(name)},
          {"tag", "--image", path(name), "x"},
          {"rm", "--image", path(name)},
          {"unpack", "--image", path(name), path("bundle")}}) {
      EXPECT_THAT(run_badly(words), HasSubstr("invalid image detected"));
    }
  }
  EXPECT_FALSE(std::filesystem::exists(path("bundle")));
}

}  // namespace
}  // namespace umoci::cli
