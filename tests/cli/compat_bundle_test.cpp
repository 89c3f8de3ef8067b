// SPDX-License-Identifier: Apache-2.0

// unpack and repack: arguments and visible results. What happens to files is tested with the
// modules.

#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <set>

namespace umoci::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
namespace stdfs = std::filesystem;

class BundleTest : public CommandLineTest {
 protected:
  void SetUp() override { make_layout(); }

  std::string bundle() const { return path("bundle"); }
  std::string rootfs(std::string_view name = "") const {
    return path("bundle/rootfs/" + std::string(name));
  }
  std::vector<std::string> unpack_line(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"unpack", "--image", image(), bundle()};
    // As a plain user only a rootless bundle can be made.
    if (::geteuid() != 0) words.emplace_back("--rootless");
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  void unpack(const std::vector<std::string>& more = {}) {
    EXPECT_EQ(run_well(unpack_line(more)), "");
  }
  void repack(const std::vector<std::string>& more = {}, const std::string& tag = "repacked") {
    std::vector<std::string> words{"repack", "--image", image(tag), bundle()};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(run_well(words), "");
  }
  std::size_t layer_count(std::string_view tag = "repacked") const {
    return oci::Json::parse(manifest_text(tag)).find("layers")->if_array()->size();
  }
  std::set<std::string> bundle_names() const {
    std::set<std::string> names;
    for (const auto& item : stdfs::directory_iterator(bundle()))
      names.insert(item.path().filename());
    return names;
  }
};

TEST_F(BundleTest, unpack_makes_a_bundle) {
  unpack();
  const std::string mtree = "sha256_" + entry("latest").digest.text().substr(7) + ".mtree";
  EXPECT_EQ(bundle_names(), (std::set<std::string>{"config.json", "rootfs", "umoci.json", mtree}));
  struct stat status{};
  ASSERT_EQ(::stat(bundle().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
  ASSERT_EQ(::stat(rootfs().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0755U);
  EXPECT_EQ(status.st_mtim.tv_sec, 0);
  const auto meta = oci::Json::parse(test::read_file(bundle() + "/umoci.json"));
  EXPECT_EQ(meta.find("umoci_version")->dump(), "\"2\"");
}

TEST_F(BundleTest, flags_may_stand_anywhere) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"unpack", "--rootless", bundle(), "--image", image()},
        {"unpack", bundle(), "--rootless", "--image", image()},
        {"unpack", "--rootless", "--image", image(), bundle()},
        {"unpack", "--image", image(), bundle(), "--keep-dirlinks", "--rootless"},
        {"unpack", "--image=" + image(), "-rootless=true", "--", bundle()}}) {
    EXPECT_EQ(run_well(words), "") << line_of(words);
    EXPECT_TRUE(stdfs::is_directory(rootfs()));
    stdfs::remove_all(bundle());
  }
}

TEST_F(BundleTest, unpack_takes_a_directory_that_is_there) {
  stdfs::create_directory(bundle());
  test::write_file(bundle() + "/unrelated", "stays");
  unpack();
  EXPECT_EQ(test::read_file(bundle() + "/unrelated"), "stays");
}

TEST_F(BundleTest, unpack_spoils_no_other_bundle) {
  stdfs::create_directories(rootfs("precious"));
  const auto before = everything();
  EXPECT_THAT(run_badly(unpack_line()), HasSubstr("exists"));
  EXPECT_EQ(everything(), before);
  stdfs::remove_all(bundle());
  stdfs::create_directory(bundle());
  test::write_file(bundle() + "/config.json", "{}");
  EXPECT_THAT(run_badly(unpack_line()), HasSubstr("exists"));
  EXPECT_EQ(bundle_names(), (std::set<std::string>{"config.json"}));
}

TEST_F(BundleTest, unpack_takes_mappings) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  unpack({"--uid-map", "0:1000:10", "--uid-map=20:2000", "--gid-map", "0:3000:5"});
  struct stat status{};
  ASSERT_EQ(::stat(rootfs().c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 1000U);
  EXPECT_EQ(status.st_gid, 3000U);
  const auto config = oci::Json::parse(test::read_file(bundle() + "/config.json"));
  EXPECT_EQ(
      find_member(config, "linux.uidMappings")->dump(),
      R"([{"containerID":0,"hostID":1000,"size":10},{"containerID":20,"hostID":2000,"size":1}])");
  EXPECT_EQ(find_member(config, "linux.gidMappings")->dump(),
            R"([{"containerID":0,"hostID":3000,"size":5}])");
}

TEST_F(BundleTest, a_kind_without_mappings_stays_as_it_is) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  unpack({"--uid-map", "0:1000:10"});
  struct stat status{};
  ASSERT_EQ(::stat(rootfs().c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 1000U);
  EXPECT_EQ(status.st_gid, 0U);
}

TEST_F(BundleTest, rootless_maps_root_to_the_caller) {
  run_well({"unpack", "--rootless", "--image", image(), bundle()});
  const auto config = oci::Json::parse(test::read_file(bundle() + "/config.json"));
  EXPECT_EQ(find_member(config, "linux.uidMappings")->dump(),
            R"([{"containerID":0,"hostID":)" + std::to_string(::geteuid()) + R"(,"size":1}])");
  const auto meta = oci::Json::parse(test::read_file(bundle() + "/umoci.json"));
  EXPECT_EQ(find_member(meta, "map_options.rootless")->dump(), "true");
}

TEST_F(BundleTest, repack_without_changes_adds_no_layer) {
  unpack();
  repack();
  EXPECT_EQ(layer_count(), 0U);
  EXPECT_EQ(history("repacked"), R"([{"created":"2021-03-04T05:06:07.089+05:30",)"
                                 R"("created_by":"umoci repack","empty_layer":true}])");
  repack({"--no-history"}, "same");
  EXPECT_EQ(entry("same").digest, entry("latest").digest);
}

TEST_F(BundleTest, repack_puts_changes_into_one_layer) {
  unpack();
  test::write_file(rootfs("file"), "content");
  repack({"--history.author=me", "--history.comment", "C", "--history.created_by=B",
          "--history.created", "2020-01-01T00:00:00+00:00"});
  EXPECT_EQ(layer_count(), 1U);
  EXPECT_EQ(history("repacked"), R"([{"created":"2020-01-01T00:00:00Z","created_by":"B",)"
                                 R"("author":"me","comment":"C"}])");
  EXPECT_EQ(layer_count("latest"), 0U);
  EXPECT_THAT(manifest_text("repacked"), HasSubstr("layer.v1.tar+gzip"));
}

TEST_F(BundleTest, repack_names_the_author_of_the_image) {
  run_well({"config", "--image", image(), "--no-history", "--author", "somebody"});
  unpack();
  test::write_file(rootfs("file"), "content");
  repack();
  EXPECT_THAT(history("repacked"), HasSubstr(R"("author":"somebody")"));
  repack({"--history.author", "else"});
  EXPECT_THAT(history("repacked"), HasSubstr(R"("author":"else")"));
  EXPECT_THAT(history("repacked"), ::testing::Not(HasSubstr("somebody")));
}

TEST_F(BundleTest, repack_compresses_as_asked) {
  unpack();
  test::write_file(rootfs("file"), std::string(10000, 'x'));
  for (const auto& [value, type] : std::map<std::string, std::string>{
           {"none", "tar\""}, {"", "tar\""}, {"gzip", "tar+gzip\""}, {"zstd", "tar+zstd\""}}) {
    repack({"--compress", value});
    EXPECT_THAT(manifest_text("repacked"), HasSubstr("layer.v1." + type)) << value;
  }
}

TEST_F(BundleTest, repack_leaves_masked_paths_out) {
  unpack();
  stdfs::create_directory(rootfs("m"));
  test::write_file(rootfs("m/file"), "content");
  // The root itself has changed too; its time is put back.
  struct timespec epoch[2] = {{0, UTIME_OMIT}, {0, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, rootfs().c_str(), epoch, 0), 0);
  for (const std::string mask : {"m", "/m", "/m/", "/x/../m", "./m", "../m"}) {
    repack({"--mask-path", mask});
    EXPECT_EQ(layer_count(), 0U) << mask;
  }
  for (const std::string mask : {"/", "", "/other", "/m/file2", "/mm"}) {
    repack({"--mask-path", mask});
    EXPECT_EQ(layer_count(), 1U) << mask;
  }
  repack({"--mask-path=/other", "--mask-path=/m"});
  EXPECT_EQ(layer_count(), 0U);
}

TEST_F(BundleTest, repack_masks_volumes_unless_told) {
  run_well({"config", "--image", image(), "--config.volume", "/data"});
  unpack();
  stdfs::create_directory(rootfs("data"));
  struct timespec epoch[2] = {{0, UTIME_OMIT}, {0, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, rootfs().c_str(), epoch, 0), 0);
  repack();
  EXPECT_EQ(layer_count(), 0U);
  repack({"--no-mask-volumes"});
  EXPECT_EQ(layer_count(), 1U);
}

TEST_F(BundleTest, refresh_makes_the_bundle_one_of_the_new_image) {
  unpack();
  test::write_file(rootfs("file"), "content");
  repack({"--refresh-bundle"});
  EXPECT_THAT(
      bundle_names(),
      ::testing::Contains("sha256_" + entry("repacked").digest.text().substr(7) + ".mtree"));
  EXPECT_THAT(test::read_file(bundle() + "/umoci.json"),
              HasSubstr(entry("repacked").digest.text()));
  repack({}, "again");
  EXPECT_EQ(layer_count("again"), 1U);
  // umoci 0.6.0 fails, having changed the tag.
  repack({"--refresh-bundle", "--no-history"}, "again");
  EXPECT_EQ(entry("again").digest, entry("repacked").digest);
}

TEST_F(BundleTest, repack_needs_a_bundle_of_this_layout) {
  const auto before = everything();
  run_badly({"repack", "--image", image(), path("nosuch")});
  run_badly({"repack", "--image", image(), path("layout")});
  EXPECT_EQ(everything(), before);
  unpack();
  run_well({"init", "--layout", path("other")});
  run_badly({"repack", "--image", path("other:x"), bundle()});
  EXPECT_EQ(run_well({"ls", "--layout", path("other")}), "");
}

TEST_F(BundleTest, source_date_epoch_bounds_times) {
  unpack();
  test::write_file(rootfs("new"), "content");
  test::write_file(rootfs("old"), "content");
  struct timespec old[2] = {{0, UTIME_OMIT}, {1000000000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, rootfs("old").c_str(), old, 0), 0);
  environment["SOURCE_DATE_EPOCH"] = "1577836800";
  repack();
  EXPECT_THAT(history("repacked"), HasSubstr("2020-01-01T00:00:00Z"));
  environment.clear();
  std::vector<std::string> again{"unpack", "--image", image("repacked"), path("again")};
  if (::geteuid() != 0) again.emplace_back("--rootless");
  run_well(again);
  struct stat status{};
  ASSERT_EQ(::stat(path("again/rootfs/new").c_str(), &status), 0);
  EXPECT_EQ(status.st_mtim.tv_sec, 1577836800);
  ASSERT_EQ(::stat(path("again/rootfs/old").c_str(), &status), 0);
  EXPECT_EQ(status.st_mtim.tv_sec, 1000000000);
}

}  // namespace
}  // namespace umoci::cli
