// SPDX-License-Identifier: Apache-2.0

// What messages say first and what only once, hints, and mappings that make no sense.

#include <cli/error_text.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci_test/child_process.hpp>
#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

namespace umoci::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class MessagesTest : public CommandLineTest {
 protected:
  /// Standard error of a line that an ordinary user runs.
  std::string err_of_plain_user(const std::vector<std::string>& words) {
    ::chmod(directory.path().c_str(), 0777);
    test::ChildProcess child([&] {
      if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) {
        return std::string("cannot become nobody");
      }
      return run(words).err;
    });
    return child.wait();
  }
};

TEST_F(MessagesTest, hint_at_rootless_where_that_flag_is) {
  make_layout();
  run_well({"init", "--layout", path("closed")});
  run_well({"new", "--image", path("closed")});
  ASSERT_EQ(::chmod(path("closed").c_str(), 0000), 0);
  const std::string unpack = err_of_plain_user({"unpack", "--image", image(), path("bundle")});
  EXPECT_THAT(unpack, ContainsRegex("^   • [^\n]*--rootless[^\n]*\n   ⨯ [^\n]*\n$"));
  const std::string rootless =
      err_of_plain_user({"unpack", "--rootless", "--image", path("closed"), path("bundle")});
  EXPECT_THAT(rootless, Not(HasSubstr("--rootless")));
  EXPECT_EQ(fatal_lines(rootless).size(), 1U) << rootless;
  const std::string stat = err_of_plain_user({"stat", "--image", path("closed")});
  EXPECT_THAT(stat, Not(HasSubstr("--rootless")));
  EXPECT_EQ(fatal_lines(stat).size(), 1U) << stat;
  // It has the flag, but only for the sake of old command lines.
  const std::string repack = err_of_plain_user({"repack", "--image", path("closed"), path("no")});
  EXPECT_THAT(repack, Not(HasSubstr("--rootless")));
  EXPECT_EQ(fatal_lines(repack).size(), 1U) << repack;
  ::chmod(path("closed").c_str(), 0700);
}

TEST(ErrorText, begins_with_the_cause) {
  Error error = Error::from_errno(ENOSPC, "write");
  error.add_context("entry \"etc/motd\"");
  error.add_context("layer 2");
  EXPECT_EQ(error_text(error), "write: No space left on device (entry \"etc/motd\", layer 2)");
}

TEST(ErrorText, begins_with_what_the_cause_means) {
  Error error = Error::from_errno(ENOENT, "open \"b/umoci.json\"");
  error.add_context("\"b\" is no umoci bundle", ErrorFrame::Kind::verdict);
  error.add_context("somewhere");
  EXPECT_EQ(
      error_text(error),
      "\"b\" is no umoci bundle: open \"b/umoci.json\": No such file or directory (somewhere)");
}

TEST(ErrorText, names_each_place_once) {
  Error error = Error::from_errno(EIO, "open \"layout/index.json\"");
  error.add_context("write \"layout/index.json\"");
  error.add_context("layer 1");
  error.add_context("layer 1");
  EXPECT_EQ(error_text(error), "open \"layout/index.json\": Input/output error (layer 1)");
}

TEST(ErrorText, is_the_message_alone_without_context) {
  EXPECT_EQ(error_text(Error::from_errno(EIO, "")), "Input/output error");
}

TEST(ErrorText, tells_no_places_of_an_interrupt) {
  Error error(ErrorKind::cancelled, "interrupted");
  error.add_context("layer 1");
  EXPECT_EQ(error_text(error), "interrupted");
}

TEST_F(MessagesTest, name_a_damaged_layer_once) {
  make_layout();
  test::write_file(path("file"), "content");
  run_well({"insert", "--rootless", "--image", image(), path("file"), "/file"});
  const auto manifest = oci::Manifest::parse(manifest_text());
  const std::string digest = manifest.layers.at(0).digest.text();
  const std::string blob =
      path("layout/blobs/sha256/" + std::string(manifest.layers.at(0).digest.encoded()));
  const std::string bytes = test::read_file(blob);
  const auto unpack = [&](const std::string& damaged) {
    test::write_file(blob, damaged);
    return run_badly({"unpack", "--rootless", "--image", image(), path("bundle")});
  };
  EXPECT_THAT(
      unpack(std::string(bytes.size(), 'x')),
      MatchesRegex("expected " + digest +
                   " not sha256:[0-9a-f]+: verified reader digest mismatch \\(layer 1\\) *"));
  EXPECT_THAT(unpack(bytes + "x"),
              MatchesRegex("expected .*verified reader size mismatch \\(blob " + digest +
                           ", layer 1\\) *"));
  std::filesystem::remove(blob);
  const std::string missing =
      run_badly({"unpack", "--rootless", "--image", image(), path("bundle")});
  EXPECT_EQ(missing.find(digest), missing.rfind(digest)) << missing;
}

TEST_F(MessagesTest, refuse_mappings_that_overlap_or_are_empty) {
  make_layout();
  for (const std::vector<std::string>& maps : {std::vector<std::string>{"0:0:0"},
                                               {"0:0:10", "5:100"},
                                               {"0:0:10", "100:5"},
                                               {"0:4294967290:10"}}) {
    std::vector<std::string> words{"unpack",    "--image", image(),
                                   "--gid-map", "0:0",     path("bundle")};
    for (const auto& map : maps) words.insert(words.end(), {"--uid-map", map});
    EXPECT_THAT(run_badly(words), HasSubstr("failure parsing --uid-map"));
  }
  EXPECT_FALSE(std::filesystem::exists(path("bundle")));
}

}  // namespace
}  // namespace umoci::cli
