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
           R"(,"spared":[],"young":[],"skipped":[)" + skipped + "]}\n";
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

TEST_F(GcTest, keep_leaves_blobs_and_what_they_lead_to) {
  // The image loses its name; its manifest keeps the configuration.
  const std::string manifest = entry("latest").digest.text();
  run_well({"rm", "--image", image()});
  const std::string zero_blob = "sha256:" + zeros;
  EXPECT_EQ(gc({"--dry-run", "--keep", manifest}), zero_blob + " 7\n");
  test::write_file(path("list"), manifest + "\n\tsha256:" + std::string(64, 'e') + " ");
  EXPECT_EQ(gc({"--dry-run", "--keep", "@" + path("list")}), zero_blob + " 7\n");
  standard_input = manifest + " " + zero_blob;
  EXPECT_EQ(gc({"--dry-run", "--keep", "@-"}), "");
  EXPECT_EQ(gc({"--keep", manifest, "--keep", zero_blob}), "");
  EXPECT_TRUE(stdfs::exists(path("layout/blobs/sha256/" + zeros)));
  EXPECT_EQ(gc({}), "");
  EXPECT_TRUE(stdfs::is_empty(path("layout/blobs/sha256")));
}

TEST_F(GcTest, min_age_leaves_what_is_younger) {
  const stdfs::path blob = path("layout/blobs/sha256/" + zeros);
  EXPECT_EQ(gc({"--dry-run", "--min-age", "1h"}), "");
  EXPECT_THAT(gc({"--dry-run", "--json", "--min-age", "3600"}),
              HasSubstr(R"("young":[{"digest":"sha256:)" + zeros));
  stdfs::last_write_time(blob, stdfs::file_time_type::clock::now() - std::chrono::hours(2));
  for (const std::string age : {"7201s", "121m", "3h", "1d"}) {
    EXPECT_EQ(gc({"--dry-run", "--min-age", age}), "") << age;
  }
  EXPECT_EQ(gc({"--min-age", "1h"}), "");
  EXPECT_FALSE(stdfs::exists(blob));
}

TEST_F(GcTest, wrong_values_are_told_and_nothing_is_removed) {
  const auto before = everything();
  for (const std::string age : {"", "h", "-1", "1w", "1.5h", "1h30m", "366001d"}) {
    EXPECT_THAT(run_badly({"gc", "--layout", path("layout"), "--min-age", age}),
                HasSubstr("invalid --min-age"));
  }
  test::write_file(path("list"), "sha256:12");
  for (const std::string& kept : {std::string(), std::string("latest"), std::string("@"),
                                  "@" + path("absent"), "@" + path("list"), "@" + path("layout")}) {
    EXPECT_THAT(run_badly({"gc", "--layout", path("layout"), "--keep", kept}),
                HasSubstr("invalid --keep"))
        << kept;
  }
  stdfs::remove(path("list"));
  EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace umoci::cli
