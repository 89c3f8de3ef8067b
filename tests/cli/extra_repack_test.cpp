// SPDX-License-Identifier: Apache-2.0

// umoci repack: a tag of its own, ownership that the bundle decides, and masks that are patterns.

#include <umoci_test/insert_command.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

class RepackTest : public InsertTest {
 protected:
  void SetUp() override {
    make_layout();
    run_well({"unpack", "--rootless", "--image", image(), path("bundle")});
  }

  /// A line that packs the bundle into the tag "new".
  Words line(const Words& more) const {
    Words words{"repack", "--image", image("new"), "--compress=none", path("bundle")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  void repack(const Words& more) { EXPECT_EQ(run_well(line(more)), ""); }
  std::string rootfs(std::string_view name) const {
    return path("bundle/rootfs/" + std::string(name));
  }
  void write(const std::string& name) const {
    stdfs::create_directories(stdfs::path(rootfs(name)).parent_path());
    test::write_file(rootfs(name), "x");
  }
};

TEST_F(RepackTest, tag_overrides_that_of_the_image) {
  write("f");
  run_well({"repack", "--tag", "other", "--image", image(), path("bundle")});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "latest\nother\n");
  EXPECT_EQ(history(), "");
  run_well({"repack", "--tag=third", "--image", image("absent"), path("bundle")});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "latest\nother\nthird\n");
  const auto before = everything();
  for (const std::string tag : {"", "a b", "-"}) {
    EXPECT_THAT(run_badly(line({"--tag", tag})), HasSubstr("invalid --tag"));
  }
  EXPECT_EQ(everything(), before);
}

TEST_F(RepackTest, platform_is_that_of_the_image) {
  write("f");
  const auto before = everything();
  EXPECT_THAT(run_badly(line({"--platform", "plan9/mips"})),
              HasSubstr("the bundle is of an image for \"linux/amd64\", not \"plan9/mips\""));
  EXPECT_EQ(everything(), before);
  repack({"--platform", "linux/amd64"});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "latest\nnew\n");
}

TEST_F(RepackTest, ownership_is_that_of_the_bundle) {
  const std::string uid_map = "0:" + std::to_string(::geteuid());
  const std::string gid_map = "0:" + std::to_string(::getegid()) + ":1";
  repack({"--rootless"});
  repack({"--rootless", "--uid-map", uid_map, "--gid-map", gid_map});
  const std::string manifest = manifest_text("new");
  for (const Words& more : {Words{"--rootless=false"},
                            {"--uid-map", "0:77"},
                            {"--gid-map", "0:77"},
                            {"--rootless", "--uid-map", uid_map, "--uid-map", "1:78"}}) {
    const Outcome outcome = run(line(more));
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_THAT(outcome.err, HasSubstr("another ownership")) << line_of(more);
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome;
  }
  Words words{"--log=debug"};
  for (const auto& word : line({"--rootless"})) words.push_back(word);
  EXPECT_THAT(run(words).err, HasSubstr("--rootless has no effect"));
  EXPECT_THAT(run_badly(line({"--uid-map", "x"})), HasSubstr("--uid-map"));
}

TEST_F(RepackTest, ownership_of_a_bundle_with_privileges_is_not_rootless) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to unpack with privileges";
  stdfs::remove_all(path("bundle"));
  run_well({"unpack", "--image", image(), path("bundle")});
  repack({"--rootless=false"});
  EXPECT_THAT(run(line({"--rootless"})).err, HasSubstr("another ownership"));
}

TEST_F(RepackTest, mask_glob_leaves_out_what_matches) {
  for (const char* name : {"a.o", "a.c", "d/b.o", "d/b.c", "cache/x/y", "v1/f", "v2/f", "v3/f"}) {
    write(name);
  }
  repack({"--mask-glob", "**/*.o", "--mask-glob=/cache", "--mask-glob", "v[12]", "--mask-path",
          "d/b.c"});
  EXPECT_THAT(names(), ElementsAre("", "a.c", "d", "v3", "v3/f"));
  repack({"--mask-glob", "**"});
  EXPECT_THAT(names(), ElementsAre(""));
}

TEST_F(RepackTest, mask_glob_keeps_what_is_masked_for_later) {
  write("a.o");
  write("a.c");
  repack({"--mask-glob", "*.o", "--refresh-bundle"});
  EXPECT_THAT(names(), ElementsAre("", "a.c"));
  repack({});
  EXPECT_THAT(names(), ElementsAre("a.o"));
}

TEST_F(RepackTest, mask_glob_takes_no_malformed_pattern) {
  const auto before = everything();
  for (const std::string pattern : {"", "/", "[", "a**", "a/../b", "\\"}) {
    EXPECT_THAT(run_badly(line({"--mask-glob", pattern})), HasSubstr("invalid --mask-glob"));
  }
  // Nor does it look at anything before that.
  EXPECT_THAT(run_badly({"repack", "--image", path("no"), "--mask-glob", "[", path("no")}),
              HasSubstr("invalid --mask-glob"));
  EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace umoci::cli
