// SPDX-License-Identifier: Apache-2.0

// What others do to a layout meanwhile: --if-match and --lock-timeout.

#include <umoci/base/unique_fd.hpp>
#include <umoci_test/command_line.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <filesystem>
#include <string>
#include <vector>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;

class LayoutAccessTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout({"latest", "other"});
    run_well({"config", "--image", image("other"), "--author", "somebody"});
    test::write_file(path("file"), "content");
    test::write_file(path("layer.tar"), std::string(10240, '\0'));
    run_well({"unpack", "--rootless", "--image", image(), path("bundle")});
    test::write_file(path("bundle/rootfs/file"), "content");
  }

  [[nodiscard]] std::string digest(std::string_view tag) const { return entry(tag).digest.text(); }
  /// Lines that give "latest" a new meaning.
  [[nodiscard]] std::vector<Words> changes() const {
    // A bundle of an image that has moved is warned of: it comes first.
    return {{"repack", "--image", image(), path("bundle")},
            {"new", "--image", image()},
            {"config", "--image", image(), "--author", "me"},
            {"insert", "--rootless", "--image", image(), path("file"), "/file"},
            {"raw", "add-layer", "--image", image(), path("layer.tar")},
            {"tag", "--image", image("other"), "latest"},
            {"remove", "--image", image()}};
  }
  static Words with(Words line, const Words& more) {
    // In front of positional arguments.
    line.insert(line.begin() + (line.front() == "raw" ? 2 : 1), more.begin(), more.end());
    return line;
  }
  Outcome conflict(const Words& line) {
    const auto before = everything();
    Outcome outcome = run(line);
    EXPECT_EQ(outcome.status, 4) << line_of(line) << "\n" << outcome;
    EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
    EXPECT_EQ(everything(), before) << line_of(line);
    return outcome;
  }
};

TEST_F(LayoutAccessTest, if_match_stops_what_began_from_another_image) {
  for (const Words& line : changes()) {
    const Outcome outcome = conflict(with(line, {"--if-match", digest("other")}));
    EXPECT_THAT(outcome.err,
                HasSubstr("--if-match does not hold: tag \"latest\" means " + digest("latest")));
    EXPECT_THAT(conflict(with(line, {"--if-match=none"})).err, HasSubstr(digest("latest")));
  }
}

TEST_F(LayoutAccessTest, if_match_lets_pass_what_holds) {
  for (const Words& line : changes()) {
    run_well(with(line, {"--if-match", digest("latest")}));
  }
  // The last of them removed the tag.
  conflict({"new", "--image", image(), "--if-match", digest("other")});
  run_well({"new", "--image", image(), "--if-match", "none"});
}

TEST_F(LayoutAccessTest, if_match_is_about_the_name_that_changes) {
  conflict({"config", "--image", image(), "--tag", "other", "--if-match", digest("latest")});
  run_well({"config", "--image", image(), "--tag", "other", "--if-match", digest("other")});
  run_well({"config", "--image", image(), "--tag", "third", "--if-match", "none"});
}

TEST_F(LayoutAccessTest, is_told_when_wrong) {
  const auto before = everything();
  for (const std::string value : {"", "latest", "sha256:12", "NONE"}) {
    for (const Words& line : changes()) {
      EXPECT_THAT(run_badly(with(line, {"--if-match", value})), HasSubstr("invalid --if-match"));
    }
  }
  for (const std::string value : {"", "-1", "1s", "0.5", "99999999999999999999"}) {
    EXPECT_THAT(run_badly({"gc", "--layout", path("layout"), "--lock-timeout", value}),
                HasSubstr("invalid --lock-timeout"));
  }
  EXPECT_EQ(everything(), before);
}

TEST_F(LayoutAccessTest, lock_timeout_ends_waiting) {
  // As a collector of garbage holds it.
  const UniqueFd lock(::open(path("layout").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  for (const Words& line : changes()) {
    EXPECT_THAT(conflict(with(line, {"--lock-timeout=0"})).err, HasSubstr("gave up waiting"));
  }
  EXPECT_THAT(conflict({"gc", "--lock-timeout", "0", "--layout", path("layout")}).err,
              HasSubstr("store lock"));
  EXPECT_THAT(
      conflict({"unpack", "--lock-timeout", "0", "--rootless", "--image", image(), path("b")}).err,
      HasSubstr("store lock"));
  EXPECT_THAT(conflict({"raw", "unpack", "--lock-timeout", "0", "--rootless", "--image", image(),
                        path("r")})
                  .err,
              HasSubstr("store lock"));
}

TEST_F(LayoutAccessTest, waiting_is_told) {
  const UniqueFd lock(::open(path("layout").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  EXPECT_THAT(conflict({"config", "--image", image(), "--lock-timeout=1"}).err,
              HasSubstr("waiting for another process to let go of the store lock"));
}

TEST_F(LayoutAccessTest, readers_share_the_layout_with_writers) {
  const UniqueFd lock(::open(path("layout").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_SH), 0);
  run_well({"unpack", "--lock-timeout=0", "--rootless", "--image", image(), path("second")});
  run_well({"config", "--lock-timeout=0", "--image", image()});
  conflict({"gc", "--lock-timeout=0", "--layout", path("layout")});
}

}  // namespace
}  // namespace umoci::cli
