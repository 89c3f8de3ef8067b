// SPDX-License-Identifier: Apache-2.0

// The program itself: what only a process has, such as descriptors that are closed or full.

#include <umoci_test/command_line.hpp>

#include <umoci_test/run_program.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ProgramTest : public CommandLineTest {
 protected:
  void SetUp() override { make_layout(); }

  /// Runs `umoci COMMAND` in a shell, which knows $UMOCI, $LAYOUT and $DIRECTORY.
  test::ProgramResult shell(const std::string& script) {
    return test::run_program({"env", std::string("UMOCI=") + UMOCI_PROGRAM,
                              "LAYOUT=" + path("layout"), "DIRECTORY=" + directory.path().native(),
                              "sh", "-c", script});
  }
};

TEST_F(ProgramTest, prints_and_exits) {
  const auto listed = shell("\"$UMOCI\" ls --layout \"$LAYOUT\"");
  EXPECT_EQ(listed.status, 0);
  EXPECT_EQ(listed.out, "latest\n");
  EXPECT_EQ(listed.err, "");
  EXPECT_EQ(shell("\"$UMOCI\" nosuch").status, 3);
  EXPECT_EQ(shell("\"$UMOCI\" stat").status, 1);
  EXPECT_THAT(shell("\"$UMOCI\" --version | cut -d' ' -f3 | head -n 1").out, HasSubstr("."));
}

TEST_F(ProgramTest, tells_when_its_output_is_lost) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "needs /dev/full";
  for (const std::string command :
       {"ls --layout \"$LAYOUT\"", "stat --image \"$LAYOUT\"", "stat --json --image \"$LAYOUT\"",
        "--help", "--version", "help config"}) {
    for (const std::string target : {">/dev/full", ">&-"}) {
      const auto result = shell("\"$UMOCI\" " + command + " " + target);
      EXPECT_EQ(result.status, 1) << command << target;
      EXPECT_THAT(result.err, StartsWith("   ⨯ write standard output: ")) << command << target;
      EXPECT_EQ(fatal_lines(result.err).size(), 1U) << result.err;
    }
  }
  EXPECT_THAT(shell("\"$UMOCI\" ls --layout \"$LAYOUT\" >/dev/full").err,
              HasSubstr("No space left on device"));
  // What prints nothing loses nothing.
  EXPECT_EQ(shell("\"$UMOCI\" tag --image \"$LAYOUT\" x >/dev/full").status, 0);
}

TEST_F(ProgramTest, writes_no_message_into_files_when_descriptors_are_closed) {
  const auto result = shell(
      "\"$UMOCI\" --log=debug config --image \"$LAYOUT\" --author me "
      "<&- >&- 2>&-");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(config_member("author"), "\"me\"");
  EXPECT_EQ(shell("\"$UMOCI\" stat --image \"$LAYOUT\" >/dev/null").status, 0);
  EXPECT_EQ(shell("\"$UMOCI\" --log=debug unpack --rootless --image \"$LAYOUT\" "
                  "\"$DIRECTORY/bundle\" <&- >&- 2>&-")
                .status,
            0);
  EXPECT_EQ(shell("\"$UMOCI\" --log=debug repack --image \"$LAYOUT:new\" "
                  "\"$DIRECTORY/bundle\" <&- >&- 2>&-")
                .status,
            0);
  EXPECT_EQ(shell("\"$UMOCI\" stat --image \"$LAYOUT:new\" >/dev/null").status, 0);
}

TEST_F(ProgramTest, survives_a_reader_that_went_away) {
  // Descriptor 4 is a pipe that nobody reads any more.
  const std::string broken_pipe =
      "mkfifo \"$DIRECTORY/pipe\" && exec 3<>\"$DIRECTORY/pipe\" 4>\"$DIRECTORY/pipe\" 3>&-; "
      "rm \"$DIRECTORY/pipe\"; ";
  const auto result = shell(broken_pipe + "\"$UMOCI\" --help >&4");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "   ⨯ write standard output: Broken pipe\n");
  // Messages that nobody reads end no work.
  EXPECT_EQ(
      shell(broken_pipe + "\"$UMOCI\" --log=debug config --image \"$LAYOUT\" --author you 2>&4")
          .status,
      0);
  EXPECT_EQ(config_member("author"), "\"you\"");
}

TEST_F(ProgramTest, dates_carry_the_local_zone) {
  shell("TZ=XYZ-05:30 \"$UMOCI\" config --image \"$LAYOUT\"");
  EXPECT_THAT(history(),
              ::testing::ContainsRegex(R"("created":"20[0-9-]*T[0-9:]*(\.[0-9]*)?\+05:30")"));
  shell("TZ=UTC \"$UMOCI\" config --image \"$LAYOUT\" --tag utc");
  EXPECT_THAT(history("utc"),
              ::testing::ContainsRegex(R"("created":"20[0-9-]*T[0-9:]*(\.[0-9]*)?Z")"));
  shell("SOURCE_DATE_EPOCH=0 TZ=XYZ-05:30 \"$UMOCI\" new --image \"$LAYOUT:epoch\"");
  EXPECT_EQ(config_member("created", "epoch"), "\"1970-01-01T00:00:00Z\"");
}

TEST_F(ProgramTest, reads_an_archive_from_a_pipe) {
  const auto result = shell(
      "head -c 1024 /dev/zero | \"$UMOCI\" raw add-layer --image \"$LAYOUT\" "
      "/dev/stdin");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(config_member("rootfs.diff_ids"),
            // sha256 of 1024 NUL bytes
            R"(["sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"])");
}

}  // namespace
}  // namespace umoci::cli
