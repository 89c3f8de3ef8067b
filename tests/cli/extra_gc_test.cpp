// SPDX-License-Identifier: Apache-2.0

// umoci gc --dry-run and --json, and remove --must-exist.

#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
namespace stdfs = std::filesystem;

class GcTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout();
    test::write_file(path("layout/blobs/sha256/" + zeros), "garbage");
    stdfs::create_directory(path("layout/.umoci-dead"));
    for (const auto& item : stdfs::directory_iterator(path("layout/blobs/sha256"))) {
      if (item.path().filename() == zeros) continue;
      ++kept_blobs;
      kept_bytes += item.file_size();
    }
  }

  std::string gc(const std::vector<std::string>& flags) {
    std::vector<std::string> words{"gc", "--layout", path("layout")};
    words.insert(words.end(), flags.begin(), flags.end());
    return run_well(words);
  }
  /// All of the object but its first two members, which differ.
  std::string report(const std::string& skipped) const {
    return R"("removed_bytes":7,"removed_leftovers":[".umoci-dead"],"kept_blobs":)" +
           std::to_string(kept_blobs) + R"(,"kept_bytes":)" + std::to_string(kept_bytes) +
           R"(,"spared":[],"skipped":[)" + skipped + "]}\n";
  }

  const std::string zeros = std::string(64, '0');
  const std::string removed = R"("removed":[{"digest":"sha256:)" + zeros + R"(","size":7}],)";
  std::uint64_t kept_blobs = 0;
  std::uint64_t kept_bytes = 0;
};

TEST_F(GcTest, dry_run_prints_what_would_go_and_changes_nothing) {
  const auto before = everything();
  EXPECT_EQ(gc({"--dry-run"}), "sha256:" + zeros + " 7\n");
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(gc({"--dry-run", "--json"}), R"({"dry_run":true,)" + removed + report(""));
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(gc({"--dry-run=false"}), "");
  EXPECT_NE(everything(), before);
  EXPECT_EQ(gc({"--dry-run"}), "");
}

TEST_F(GcTest, json_tells_what_went) {
  EXPECT_EQ(gc({"--json"}), R"({"dry_run":false,)" + removed + report(""));
  EXPECT_FALSE(stdfs::exists(path("layout/blobs/sha256/" + zeros)));
  EXPECT_THAT(gc({"--json"}),
              HasSubstr(R"("removed":[],"removed_bytes":0,"removed_leftovers":[])"));
}

TEST_F(GcTest, json_holds_names_of_any_bytes) {
  test::write_file(path("layout/blobs/sha256/a b\\\xff\n"), "");
  const Outcome outcome = run({"gc", "--json", "--dry-run", "--layout", path("layout")});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_EQ(outcome.out,
            R"({"dry_run":true,)" + removed + report(R"("blobs/sha256/a\\040b\\\\\\377\\012")"));
  EXPECT_THAT(outcome.err, HasSubstr("file is no blob"));
}

TEST_F(GcTest, dry_run_fails_where_gc_would) {
  stdfs::remove(path("layout/blobs/sha256/" + std::string(entry("latest").digest.encoded())));
  const auto before = everything();
  const Outcome outcome = run({"gc", "--dry-run", "--json", "--layout", path("layout")});
  EXPECT_EQ(outcome.status, 1) << outcome;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
  EXPECT_EQ(everything(), before);
}

TEST_F(GcTest, remove_of_a_tag_that_must_exist_fails_without_it) {
  const auto before = everything();
  EXPECT_EQ(run_badly({"rm", "--must-exist", "--image", image("no")}),
            "tag \"no\" not found in \"" + path("layout") + "\"");
  EXPECT_EQ(everything(), before);
  const Outcome outcome = run({"--verbose", "rm", "--image", image("no")});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("there is no such tag"));
  run_well({"rm", "--must-exist", "--image", image()});
  run_badly({"rm", "--must-exist", "--image", image()});
}

}  // namespace
}  // namespace umoci::cli
