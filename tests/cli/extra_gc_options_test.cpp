// SPDX-License-Identifier: Apache-2.0

// umoci gc --keep-referrers, --force, --prune-junk and --clean-foreign.

#include <umoci_test/command_line.hpp>
#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

class GcOptionsTest : public CommandLineTest {
 protected:
  void SetUp() override { make_layout({"latest", "other"}); }

  Words line(const Words& more) const {
    Words words{"gc", "--layout", path("layout")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  oci::Descriptor put(const std::string& media_type, const std::string& text) {
    store::Layout layout = open();
    return test::put_document(layout, media_type, text);
  }
  [[nodiscard]] std::string blob(const oci::Descriptor& descriptor) const {
    return path("layout/blobs/sha256/" + std::string(descriptor.digest.encoded()));
  }
  void age(const std::string& name, std::chrono::hours hours) const {
    stdfs::last_write_time(path(name), stdfs::file_time_type::clock::now() - hours);
  }
};

TEST_F(GcOptionsTest, referrers_stay_if_that_is_asked) {
  const auto part = put("application/x", "signature");
  auto subject = entry("latest");
  subject.annotations.clear();
  const auto signature = put(
      std::string(oci::media_type::manifest),
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" +
          part.to_json().dump() + R"(,"layers":[],"subject":)" + subject.to_json().dump() + "}");
  EXPECT_EQ(run_well(line({"--dry-run", "--keep-referrers"})), "");
  run_well(line({"--keep-referrers"}));
  EXPECT_TRUE(stdfs::exists(blob(signature)) && stdfs::exists(blob(part)));
  run_well(line({}));
  EXPECT_FALSE(stdfs::exists(blob(signature)) || stdfs::exists(blob(part)));
}

TEST_F(GcOptionsTest, force_goes_on_behind_damage) {
  run_well({"config", "--image", image("other"), "--author", "somebody"});
  run_well(line({}));
  const auto orphan = put("", "orphan");
  stdfs::remove(blob(entry("other")));
  const auto before = everything();
  EXPECT_THAT(run_badly(line({})), HasSubstr("tag \"other\""));
  EXPECT_EQ(everything(), before);
  const Outcome outcome = run(line({"--force"}));
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("passed over"));
  EXPECT_FALSE(stdfs::exists(blob(orphan)));
  run_well({"stat", "--image", image("latest")});
}

TEST_F(GcOptionsTest, foreign_files_go_if_that_is_asked) {
  test::write_file(path("layout/blobs/sha256/junk"), "x");
  test::write_file(path("layout/oci-put-blob1"), "x");
  age("layout/blobs/sha256/junk", std::chrono::hours(48));
  age("layout/oci-put-blob1", std::chrono::hours(48));
  const Outcome without = run(line({"--json"}));
  EXPECT_THAT(without.out, HasSubstr(R"("removed_leftovers":[],)"));
  EXPECT_THAT(without.out, HasSubstr(R"("skipped":["blobs/sha256/junk"])"));
  EXPECT_THAT(run_well(line({"--json", "--dry-run", "--prune-junk", "--clean-foreign"})),
              HasSubstr(R"("removed_leftovers":["blobs/sha256/junk","oci-put-blob1"],)"));
  // It is told of what stays.
  EXPECT_THAT(run(line({"--json", "--clean-foreign", "--prune-junk", "--min-age=7d"})).out,
              HasSubstr(R"("removed_leftovers":["oci-put-blob1"],)"));
}

}  // namespace
}  // namespace umoci::cli
