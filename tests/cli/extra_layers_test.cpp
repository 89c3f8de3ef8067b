// SPDX-License-Identifier: Apache-2.0

// umoci stat --layers: a table that fits, whatever the image says.

#include <umoci_test/command_line.hpp>

#include <cli/cell_width.hpp>
#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>

#include <sstream>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view layer_prefix = "application/vnd.oci.image.layer.v1.";

class LayersTest : public CommandLineTest {
 protected:
  struct Layer {
    std::int64_t size = 0;
    std::string created_by;
    std::string media_type = std::string(layer_prefix) + "tar+gzip";
  };

  void SetUp() override {
    run_well({"init", "--layout", path("layout")});
    environment["LANG"] = "en_US.UTF-8";
    out_is_terminal = true;
  }

  /// Makes "latest" an image of these, with a line of history between them that has no layer.
  void put_image(const std::vector<Layer>& layers) const {
    auto layout = open();
    oci::ImageConfig config("amd64", "linux");
    oci::Manifest manifest;
    manifest.media_type = oci::media_type::manifest;
    for (const Layer& layer : layers) {
      oci::Descriptor descriptor;
      descriptor.media_type = layer.media_type;
      descriptor.digest = digest::digest_of(std::to_string(layer.size));
      descriptor.size_bytes = layer.size;
      manifest.layers.push_back(descriptor);
      config.append_diff_id(descriptor.digest);
      config.append_history({.created = {},
                             .created_by = layer.created_by,
                             .author = {},
                             .comment = {},
                             .empty_layer = false});
      config.append_history({.created = {},
                             .created_by = "nothing",
                             .author = {},
                             .comment = {},
                             .empty_layer = true});
    }
    manifest.config = test::put_document(layout, oci::media_type::image_config, config.dump());
    test::tag(layout, "latest",
              test::put_document(layout, oci::media_type::manifest, manifest.dump()));
  }

  std::string table(std::size_t width) {
    columns = width;
    return run_well({"stat", "--layers", "--image", image()});
  }
  static std::size_t widest(const std::string& text) {
    std::size_t width = 0;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      EXPECT_FALSE(line.ends_with(' ')) << line;
      width = std::max(width, cell_width(line));
    }
    return width;
  }
};

TEST_F(LayersTest, are_a_row_each_with_a_bar) {
  put_image(
      {{.size = 750000, .created_by = "first"},
       {.size = 250000, .created_by = "second", .media_type = std::string(layer_prefix) + "tar"},
       {.size = 1, .created_by = "third"}});
  EXPECT_EQ(table(80),
            "#   BYTES   SIZE  SHARE     TYPE      CREATED BY\n"
            "1  750000  750kB  ███████▌  tar+gzip  first\n"
            "2  250000  250kB  ██▌       tar       second\n"
            "3       1     1B  ▏         tar+gzip  third\n");
}

TEST_F(LayersTest, of_an_image_without_any_are_a_headline) {
  put_image({});
  EXPECT_EQ(table(80), "#  BYTES  SIZE  SHARE  TYPE  CREATED BY\n");
}

TEST_F(LayersTest, are_ascii_where_the_terminal_is) {
  put_image(
      {{.size = 85, .created_by = "käse 漢"}, {.size = 15, .created_by = std::string(60, 'x')}});
  const std::string ascii =
      "#  BYTES  SIZE  SHARE      TYPE      CREATED BY\n"
      "1     85   85B  ########-  tar+gzip  k?se ?\n"
      "2     15   15B  #-         tar+gzip  xxxxxxxxxxxxxxxxxxxx...\n";
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"LC_ALL", "C"},
                                          {"LC_CTYPE", "de_DE.ISO-8859-1"},
                                          {"LANG", "POSIX"},
                                          {"TERM", "dumb"}}) {
    const auto old = environment;
    environment[name] = value;
    EXPECT_EQ(table(60), ascii) << name;
    environment = old;
  }
  environment["LC_ALL"] = "";
  environment["LC_CTYPE"] = "C.utf8@x";
  EXPECT_THAT(table(60), HasSubstr("████████▌"));
  environment.clear();
  EXPECT_EQ(table(60), ascii);
}

TEST_F(LayersTest, fit_into_any_width) {
  put_image({{.size = 123456789,
              .created_by = "/bin/sh -c 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"},
             {.size = 5, .created_by = std::string(3000, 'x')},
             {.size = 5, .created_by = "e\u0301e\u0301e\u0301 " + std::string(200, 'y')}});
  for (std::size_t width = 0; width <= 200; ++width) {
    const std::string text = table(width);
    EXPECT_LE(widest(text), width) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;
  }
  EXPECT_EQ(widest(table(100)), 100U);
  // What matters most is left out last.
  EXPECT_THAT(table(44), Not(HasSubstr("CREATED BY")));
  EXPECT_THAT(table(44), HasSubstr("TYPE"));
  EXPECT_THAT(table(34), Not(HasSubstr("TYPE")));
  EXPECT_THAT(table(34), HasSubstr("BYTES"));
  EXPECT_THAT(table(24), Not(HasSubstr("BYTES")));
  EXPECT_THAT(table(24), HasSubstr("SHARE"));
  EXPECT_THAT(table(11), HasSubstr("1  123.5MB\n"));
}

TEST_F(LayersTest, take_80_columns_where_nobody_knows) {
  put_image({{.size = 5, .created_by = std::string(300, 'x')}});
  out_is_terminal = false;
  EXPECT_EQ(widest(run_well({"stat", "--layers", "--image", image()})), 80U);
}

TEST_F(LayersTest, steer_no_terminal) {
  put_image({{.size = 5, .created_by = "\x1b[31m\n\r\t\u202e\xc2\x9b", .media_type = "a\nb/\x1b"},
             {.size = -5, .created_by = "negative"},
             {.size = std::numeric_limits<std::int64_t>::max(), .created_by = "huge"},
             {.size = std::numeric_limits<std::int64_t>::max(), .created_by = "huge"}});
  const std::string text = table(200);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5) << text;
  EXPECT_THAT(text, HasSubstr(R"(a\nb/\x1b)"));
  EXPECT_THAT(text, HasSubstr(R"(\x1b[31m\n\r\t\u202e\u009b)"));
  EXPECT_THAT(text, HasSubstr("9223372036854775807  9.223EB  █████ "));
}

TEST_F(LayersTest, have_short_types) {
  put_image({{.size = 1, .media_type = "application/vnd.oci.image.layer.nondistributable.v1.tar"},
             {.size = 1, .media_type = "application/vnd.docker.image.rootfs.diff.tar.gzip"},
             {.size = 1, .media_type = "application/vnd.a-very-long-one+json"}});
  const std::string text = table(80);
  EXPECT_THAT(text, HasSubstr("  foreign tar\n"));
  EXPECT_THAT(text, HasSubstr("  docker tar.gzip\n"));
  EXPECT_THAT(text, HasSubstr("  application/vnd.a-v…\n"));
}

TEST_F(LayersTest, go_to_programs_as_json) {
  put_image({{.size = 5, .created_by = "a"}, {.size = 6, .created_by = ""}});
  const auto digest = [](const char* text) { return digest::digest_of(text).text(); };
  EXPECT_EQ(
      run_well({"stat", "--layers", "--json", "--image", image()}),
      R"({"layers":[{"descriptor":{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",)"
      R"("digest":")" +
          digest("5") + R"(","size":5},"diff_id":")" + digest("5") +
          R"(","history":{"created_by":"a"}},{"descriptor":{"mediaType":)"
          R"("application/vnd.oci.image.layer.v1.tar+gzip","digest":")" +
          digest("6") + R"(","size":6},"diff_id":")" + digest("6") +
          R"(","history":{}}]})"
          "\n");
}

TEST_F(LayersTest, of_what_is_no_image_have_no_history) {
  auto layout = open();
  oci::Manifest manifest;
  manifest.media_type = oci::media_type::manifest;
  manifest.config = test::put_document(layout, oci::media_type::empty, "{}");
  manifest.layers.push_back(test::put_document(layout, "text/plain", "hello"));
  test::tag(layout, "latest",
            test::put_document(layout, oci::media_type::manifest, manifest.dump()));
  EXPECT_EQ(table(80),
            "#  BYTES  SIZE  SHARE       TYPE        CREATED BY\n"
            "1      5    5B  ██████████  text/plain\n");
  EXPECT_EQ(run_well({"stat", "--layers", "--json", "--image", image()}),
            R"({"layers":[{"descriptor":)" + manifest.layers.front().to_json().dump() + "}]}\n");
}

TEST(TextWidth, counts_cells) {
  EXPECT_EQ(cell_width("abc"), 3U);
  EXPECT_EQ(cell_width("äß"), 2U);
  EXPECT_EQ(cell_width("漢字"), 4U);
  EXPECT_EQ(cell_width("🙂"), 2U);
  EXPECT_EQ(cell_width("ｱ"), 1U);
  EXPECT_EQ(cell_width("Ａ"), 2U);
  EXPECT_EQ(cell_width("e\u0301"), 1U);
  EXPECT_EQ(cell_width("█…"), 2U);
  EXPECT_EQ(cell_width("\xff"), 1U);
}

TEST(TextWidth, cuts_between_characters) {
  EXPECT_EQ(cut_to_cells("abc", 3, "…"), "abc");
  EXPECT_EQ(cut_to_cells("abcd", 3, "…"), "ab…");
  EXPECT_EQ(cut_to_cells("漢字漢", 5, "…"), "漢字…");
  EXPECT_EQ(cut_to_cells("漢字漢", 4, "…"), "漢…");
  EXPECT_EQ(cut_to_cells("e\u0301e\u0301e\u0301", 2, "…"), "e\u0301…");
  EXPECT_EQ(cut_to_cells("abcd", 2, "..."), "..");
  EXPECT_EQ(cut_to_cells("abcd", 0, "…"), "");
}

}  // namespace
}  // namespace umoci::cli
