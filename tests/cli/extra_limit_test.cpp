// SPDX-License-Identifier: Apache-2.0

// --limit: what an image may ask for.

#include <cli/commands/commands.hpp>
#include <umoci/base/limits.hpp>
#include <umoci_test/insert_command.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LimitTest : public InsertTest {
 protected:
  std::string refuse_limit(const std::string& value) {
    return run_badly({"stat", "--image", path("nosuch"), "--limit", value});
  }
};

TEST_F(LimitTest, is_in_the_help_of_every_command_that_has_it) {
  std::size_t found = 0;
  for (const Command& command : all_commands()) {
    const bool has_flag =
        std::ranges::find(command.flags, "limit", &Flag::name) != command.flags.end();
    if (!has_flag) continue;
    ++found;
    const std::string help = run_well({std::string(command.name), "--help"});
    for (const LimitName& limit : limit_names()) {
      EXPECT_THAT(help, HasSubstr("   " + std::string(limit.name) + " ")) << command.name;
    }
  }
  EXPECT_EQ(found, 12U);
  EXPECT_THAT(run_well({"raw", "add-layer", "--help"}), HasSubstr("   layer_bytes "));
  EXPECT_THAT(run_well({"init", "--help"}), Not(HasSubstr("layer_bytes")));
}

/// As one would write it behind --limit.
std::string shortest(std::uint64_t value) {
  for (const auto& [suffix, shift] : {std::pair{'T', 40U}, {'G', 30U}, {'M', 20U}, {'K', 10U}}) {
    if (value != 0 && value % (1ULL << shift) == 0) return std::to_string(value >> shift) + suffix;
  }
  return std::to_string(value);
}

TEST_F(LimitTest, is_documented_with_its_default) {
  const std::string document = test::read_file(UMOCI_DOCS "/security.md");
  for (const LimitName& limit : limit_names()) {
    EXPECT_THAT(document, HasSubstr("\n| `" + std::string(limit.name) + "` | " +
                                    shortest(Limits().*limit.limit) + " | " +
                                    std::string(limit.meaning) + " |\n"));
  }
}

TEST_F(LimitTest, of_unknown_name_is_told_with_those_there_are) {
  std::string all;
  for (const LimitName& limit : limit_names()) {
    all += (all.empty() ? "" : ", ") + std::string(limit.name);
  }
  EXPECT_THAT(refuse_limit("entrie=1"),
              AllOf(HasSubstr("unknown limit \"entrie\", did you mean entries?"), HasSubstr(all)));
  EXPECT_THAT(refuse_limit("file-bytes=1"), HasSubstr("did you mean file_bytes?"));
  EXPECT_THAT(refuse_limit("layer=1"), HasSubstr("did you mean layers?"));
  EXPECT_THAT(refuse_limit("=1"), AllOf(HasSubstr("unknown limit \"\""), Not(HasSubstr("mean"))));
  EXPECT_THAT(refuse_limit("quux=1"), Not(HasSubstr("mean")));
  EXPECT_THAT(refuse_limit(std::string(1U << 20U, 'x') + "=1"), Not(HasSubstr("mean")));
}

TEST_F(LimitTest, is_understood_before_the_layout_is_looked_at) {
  EXPECT_THAT(refuse_limit("entries"), HasSubstr("\"entries\" is not NAME=VALUE"));
  EXPECT_THAT(refuse_limit("entries=1X"), HasSubstr("entries: \"1X\" is not a decimal number"));
  EXPECT_THAT(refuse_limit("entries=18446744073709551616"), HasSubstr("below 2^64"));
  EXPECT_THAT(refuse_limit("entries=18014398509481984K"), HasSubstr("below 2^64"));
  EXPECT_THAT(refuse_limit("entries=18014398509481983K"), HasSubstr("invalid image detected"));
}

TEST_F(LimitTest, holds_where_layers_are_read) {
  make_directory("tree");
  make_file("tree/f", std::string(3000, 'x'));
  insert({path("tree"), "/"});
  run_well({"insert", "--rootless", "--image", image("new"), "--whiteout", "/x"});
  const std::vector<std::string> unpack{"unpack", "--rootless", "--image", image("new"),
                                        path("bundle")};
  const auto unpack_with = [&](const std::string& limit) {
    auto words = unpack;
    words.insert(words.end(), {"--limit", limit});
    const std::string why = run_badly(words);
    EXPECT_FALSE(std::filesystem::exists(path("bundle")));
    return why;
  };
  for (const std::string limit :
       {"file_bytes=2K", "layer_bytes=2K", "entries=1", "path_bytes=0", "path_depth=0", "layers=1",
        "mtree_bytes=100", "document_bytes=10", "document_depth=1"}) {
    EXPECT_THAT(unpack_with(limit),
                HasSubstr("limit " + limit.substr(0, limit.find('=')) + " exceeded"));
  }
  // The last one counts.
  auto words = unpack;
  words.insert(words.end(), {"--limit=entries=1", "--limit=file_bytes=3000", "--limit=entries=2"});
  run_well(words);

  test::write_file(path("bundle/rootfs/g"), std::string(3001, 'x'));
  EXPECT_THAT(
      run_badly({"repack", "--image", image("again"), "--limit=file_bytes=3000", path("bundle")}),
      HasSubstr("limit file_bytes exceeded"));
  EXPECT_THAT(run_badly({"stat", "--image", image("new"), "--limit=document_bytes=10"}),
              HasSubstr("limit document_bytes exceeded"));
}

}  // namespace
}  // namespace umoci::cli
