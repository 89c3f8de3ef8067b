// SPDX-License-Identifier: Apache-2.0

// --dry-run of the commands that change a layout.

#include <cli/change_report.hpp>
#include <umoci/base/unique_fd.hpp>
#include <umoci/oci/manifest.hpp>
#include <umoci/store/ref_name.hpp>
#include <umoci_test/command_line.hpp>
#include <umoci_test/restricted_child.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;
namespace stdfs = std::filesystem;

std::string nanoseconds(const timespec& time) {
  return fmt::format("{}.{:09}", time.tv_sec, time.tv_nsec);
}

class DryRunTest : public CommandLineTest {
 protected:
  void SetUp() override {
    environment["SOURCE_DATE_EPOCH"] = "1600000000";
    make_layout({"latest", "other"});
    run_well({"config", "--image", image("other"), "--author", "somebody"});
    test::write_file(path("file"), std::string(3U << 19U, 'x'));
    test::write_file(path("layer.tar"), std::string(10240, '\0'));
    run_well({"unpack", "--rootless", "--image", image(), path("bundle")});
    test::write_file(path("bundle/rootfs/file"), "content");
    stdfs::create_directory(path("tmp"));
    environment["TMPDIR"] = path("tmp");
  }

  /// One line of each command; all but the first give "latest" a new meaning. Those of a bundle
  /// come first: that its image has moved would be warned of.
  [[nodiscard]] std::vector<Words> changes() const {
    return {{"tag", "--image", image("other"), "new"},
            {"repack", "--image", image(), "--refresh-bundle", path("bundle")},
            {"new", "--image", image(), "--platform", "linux/arm64"},
            {"config", "--image", image(), "--author", "me"},
            {"insert", "--rootless", "--compress=none", "--image", image(), path("file"), "/file"},
            {"raw", "add-layer", "--image", image(), path("layer.tar")},
            {"tag", "--image", image("other"), "latest"},
            {"remove", "--image", image()}};
  }
  /// In front of positional arguments.
  static Words with(Words line, const Words& more) {
    line.insert(line.begin() + (line.front() == "raw" ? 2 : 1), more.begin(), more.end());
    return line;
  }

  /// All that can be seen of the test's directory from outside, times of reading apart.
  [[nodiscard]] std::map<std::string, std::string> state() const {
    std::map<std::string, std::string> state;
    for (const auto& item : stdfs::recursive_directory_iterator(directory.path())) {
      struct stat info{};
      EXPECT_EQ(::lstat(item.path().c_str(), &info), 0) << item.path();
      // Large files are known by their times alone.
      const bool is_small = S_ISREG(info.st_mode) && info.st_size < 100'000;
      state[item.path()] =
          fmt::format("inode {} mode {:o} owner {}:{} links {} size {} mtime {} ctime {} {}",
                      info.st_ino, info.st_mode, info.st_uid, info.st_gid, info.st_nlink,
                      info.st_size, nanoseconds(info.st_mtim), nanoseconds(info.st_ctim),
                      is_small ? test::read_file(item.path()) : std::string());
    }
    return state;
  }
  /// The blobs of "layout", as a dry run tells of them.
  [[nodiscard]] std::set<std::string> blobs() const {
    std::set<std::string> lines;
    for (const auto& item : stdfs::directory_iterator(path("layout/blobs/sha256"))) {
      lines.insert(
          fmt::format("blob sha256:{} {}", item.path().filename().string(), item.file_size()));
    }
    return lines;
  }
  [[nodiscard]] std::string meaning(std::string_view tag) const {
    const auto found = store::find_ref(open().read_index(), tag);
    return found.empty() ? "none" : found.front().digest.text();
  }
};

TEST_F(DryRunTest, changes_nothing_and_foretells_what_the_command_does) {
  for (const Words& line : changes()) {
    const auto before = state();
    const std::string foretold = run_well(with(line, {"--dry-run"}));
    EXPECT_EQ(state(), before) << line_of(line);

    const auto old_blobs = blobs();
    const std::map<std::string, std::string> old_meanings{{"latest", meaning("latest")},
                                                          {"new", meaning("new")}};
    EXPECT_EQ(run_well(line), "");
    std::set<std::string> expected;
    std::ranges::set_difference(blobs(), old_blobs, std::inserter(expected, expected.end()));
    for (const auto& [tag, old_meaning] : old_meanings) {
      if (meaning(tag) == old_meaning) continue;
      expected.insert(fmt::format("tag {} {} -> {}", tag, old_meaning, meaning(tag)));
    }
    EXPECT_FALSE(expected.empty()) << line_of(line);
    std::set<std::string> lines;
    std::istringstream stream(foretold);
    for (std::string text; std::getline(stream, text);) lines.insert(text);
    EXPECT_EQ(lines, expected) << line_of(line);
  }
}

TEST_F(DryRunTest, prints_blobs_in_their_order_and_then_the_tag) {
  const std::string out =
      run_well({"new", "--dry-run", "--image", image("x"), "--platform", "linux/arm64"});
  run_well({"new", "--image", image("x"), "--platform", "linux/arm64"});
  const auto manifest = oci::Manifest::parse(manifest_text("x"));
  EXPECT_EQ(out, fmt::format("blob {} {}\nblob {} {}\ntag x none -> {}\n",
                             manifest.config.digest.text(), config_text("x").size(), meaning("x"),
                             manifest_text("x").size(), meaning("x")));
  EXPECT_EQ(run_well({"remove", "--dry-run", "--image", image("x")}),
            fmt::format("tag x {} -> none\n", meaning("x")));
}

TEST_F(DryRunTest, of_what_changes_nothing_prints_nothing) {
  EXPECT_EQ(run_well({"remove", "--dry-run", "--image", image("none")}), "");
  const Outcome outcome = run({"--verbose", "remove", "--dry-run", "--image", image("none")});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("nothing written: dry run"));
}

TEST_F(DryRunTest, is_no_dry_run_when_that_is_false) {
  const auto before = state();
  EXPECT_EQ(run_well({"tag", "--dry-run=false", "--image", image(), "new"}), "");
  EXPECT_NE(state(), before);
}

TEST_F(DryRunTest, fails_where_the_command_would) {
  const std::vector<Words> lines{
      {"tag", "--image", image("missing"), "new"},
      {"tag", "--image", image(), "no..tag"},
      {"remove", "--must-exist", "--image", image("missing")},
      {"new", "--image", path("nowhere") + ":x"},
      {"config", "--image", image(), "--created", "yesterday"},
      {"insert", "--image", image(), path("missing"), "/x"},
      {"repack", "--image", image(), path("layout")},
      {"raw", "add-layer", "--image", image(), path("bundle/config.json")}};
  for (const Words& line : lines) {
    const Outcome real = run(line);
    const auto before = state();
    const Outcome dry = run(with(line, {"--dry-run"}));
    EXPECT_EQ(state(), before) << line_of(line);
    EXPECT_EQ(dry.status, 1) << line_of(line);
    EXPECT_EQ(dry.out, "") << line_of(line);
    EXPECT_EQ(fatal_lines(dry.err), fatal_lines(real.err)) << line_of(line);
  }
}

TEST_F(DryRunTest, heeds_if_match_and_lock_timeout) {
  const auto before = state();
  for (const Words& line : changes()) {
    if (line.back() == "new") continue;
    const Outcome outcome = run(with(line, {"--dry-run", "--if-match", meaning("other")}));
    EXPECT_EQ(outcome.status, 4) << line_of(line) << outcome;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(run_well(with(line, {"--dry-run", "--if-match", meaning("latest")})), "");
  }
  const UniqueFd lock(::open(path("layout").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  for (const Words& line : changes()) {
    EXPECT_EQ(run(with(line, {"--dry-run", "--lock-timeout=0"})).status, 4) << line_of(line);
  }
  EXPECT_EQ(state(), before);
}

TEST_F(DryRunTest, tells_of_a_read_only_layout) {
  if (!test::is_real_root()) GTEST_SKIP() << "needs root to become somebody else";
  stdfs::permissions(directory.path(), stdfs::perms(0755));
  stdfs::permissions(path("bundle"), stdfs::perms(0755));
  const auto before = state();
  test::in_child_process([&] {
    test::become_plain_user();
    for (const Words& line : changes()) {
      EXPECT_THAT(run_badly(with(line, {"--dry-run"})), HasSubstr("layout is read-only"))
          << line_of(line);
    }
  });
  EXPECT_EQ(state(), before);
}

TEST_F(DryRunTest, says_where_there_is_no_room_for_a_large_layer) {
  environment["TMPDIR"] = path("missing");
  EXPECT_THAT(run_badly(with(changes()[4], {"--dry-run"})),
              HasSubstr("temporary file in \"" + path("missing") + "\""));
  // Small blobs need none.
  EXPECT_NE(run_well(with(changes()[3], {"--dry-run"})), "");
  environment["TMPDIR"] = "";
  EXPECT_NE(run_well(with(changes()[4], {"--dry-run"})), "");
}

TEST_F(DryRunTest, has_no_meaning_where_nothing_is_changed_anyway) {
  EXPECT_EQ(run_badly({"config", "--json", "--dry-run", "--image", image()}),
            "--json changes nothing: it and --dry-run may not be specified together");
}

TEST_F(DryRunTest, puts_no_name_on_the_terminal_that_could_steer_it) {
  const digest::Digest one("a:1");
  const digest::Digest two("a:2");
  std::ostringstream out;
  print_text(out, {.written = {{.digest = one, .size_bytes = 7}},
                   .refs = {{.name = "a b\x1b[31m\n", .before = {one, two}, .after = {two}}}});
  EXPECT_EQ(out.str(), "blob a:1 7\ntag \"a b\\x1b[31m\\x0a\" a:1,a:2 -> a:2\n");
  out.str({});
  const digest::Digest odd("a:\x1b[2J\nblob");
  print_text(out, {.written = {}, .refs = {{.name = "t", .before = {odd}, .after = {}}}});
  EXPECT_EQ(out.str(), "tag t \"a:\\x1b[2J\\x0ablob\" -> none\n");
}

}  // namespace
}  // namespace umoci::cli
