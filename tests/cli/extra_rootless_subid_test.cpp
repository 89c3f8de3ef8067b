// SPDX-License-Identifier: Apache-2.0

// --rootless=subid: root is the caller, the other ids are those of /etc/subuid and /etc/subgid.

#include <umoci_test/command_line.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

class RootlessSubidTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout();
    // A file of somebody else.
    test::write_file(path("file"), "content");
    run_well({"insert", "--rootless", "--chown", "5:6", "--image", image(), path("file"), "/file"});
    write_ranges(fmt::format("{}:200000:9\nother:1:1\n{}:100000:7\n", uid_, uid_),
                 fmt::format("{}:300000:8\n", uid_));
  }

  void write_ranges(const std::string& uids, const std::string& gids) const {
    test::write_file(path("subuid"), uids);
    test::write_file(path("subgid"), gids);
  }
  Words configure_line(const Words& more) const {
    Words words{"raw", "runtime-config", "--image", image(), path("config.json")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// The same as --rootless=subid with the usual ranges.
  Words explicit_maps() const {
    return {"--rootless",
            fmt::format("--uid-map=0:{}", uid_),
            "--uid-map=1:200000:9",
            "--uid-map=10:100000:7",
            fmt::format("--gid-map=0:{}", ::getegid()),
            "--gid-map=1:300000:8"};
  }
  std::string fail(const Words& words) {
    const auto before = everything();
    const std::string message = run_badly(words);
    EXPECT_EQ(everything(), before) << message;
    return message;
  }

  const std::uint32_t uid_ = ::geteuid();
};

TEST_F(RootlessSubidTest, maps_the_ranges_of_the_files) {
  run_well(configure_line({"--rootless=subid"}));
  const std::string ours = test::read_file(path("config.json"));
  const auto json = oci::Json::parse(ours);
  EXPECT_EQ(find_member(json, "linux.uidMappings")->dump(),
            fmt::format(R"([{{"containerID":0,"hostID":{},"size":1}},)"
                        R"({{"containerID":1,"hostID":200000,"size":9}},)"
                        R"({{"containerID":10,"hostID":100000,"size":7}}])",
                        uid_));
  EXPECT_EQ(find_member(json, "linux.gidMappings")->dump(),
            fmt::format(R"([{{"containerID":0,"hostID":{},"size":1}},)"
                        R"({{"containerID":1,"hostID":300000,"size":8}}])",
                        ::getegid()));
  run_well(configure_line(explicit_maps()));
  EXPECT_EQ(test::read_file(path("config.json")), ours);
}

TEST_F(RootlessSubidTest, unpacks_as_with_the_same_maps) {
  run_well({"unpack", "--rootless=subid", "--image", image(), path("subid")});
  Words words{"unpack", "--image", image(), path("explicit")};
  const Words maps = explicit_maps();
  words.insert(words.end(), maps.begin(), maps.end());
  run_well(words);
  for (const char* name : {"config.json", "rootfs/file"}) {
    EXPECT_EQ(test::read_file(path("subid") + "/" + name),
              test::read_file(path("explicit") + "/" + name))
        << name;
  }
  const auto meta = oci::Json::parse(test::read_file(path("subid/umoci.json")));
  const auto same = oci::Json::parse(test::read_file(path("explicit/umoci.json")));
  EXPECT_EQ(find_member(meta, "map_options")->dump(), find_member(same, "map_options")->dump());
  EXPECT_EQ(find_member(meta, "map_options.rootless")->dump(), "true");
  EXPECT_EQ(find_member(meta, "map_options.uid_mappings")->if_array()->size(), 3U);
  // And back, where the flag has no effect.
  run_well({"repack", "--rootless=subid", "--no-history", "--image", image("same"), path("subid")});
  EXPECT_EQ(entry("same").digest.text(), entry("latest").digest.text());
}

TEST_F(RootlessSubidTest, is_for_raw_unpack_and_insert_too) {
  run_well(
      {"--log=error", "raw", "unpack", "--rootless=subid", "--image", image(), path("rootfs")});
  EXPECT_EQ(test::read_file(path("rootfs/file")), "content");
  run_well({"insert", "--rootless=subid", "--image", image(), path("rootfs/file"), "/again"});
}

TEST_F(RootlessSubidTest, is_not_what_rootless_alone_does) {
  stdfs::remove(path("subuid"));
  stdfs::remove(path("subgid"));
  for (const char* flag : {"--rootless", "--rootless=true"}) {
    run_well(configure_line({flag}));
    const auto json = oci::Json::parse(test::read_file(path("config.json")));
    EXPECT_EQ(find_member(json, "linux.uidMappings")->if_array()->size(), 1U);
  }
  run_well(configure_line({"--rootless=subid", "--rootless=false"}));
  const auto json = oci::Json::parse(test::read_file(path("config.json")));
  EXPECT_EQ(find_member(json, "linux.uidMappings"), nullptr);
}

TEST_F(RootlessSubidTest, needs_ranges_in_both_files) {
  const std::string usual = fmt::format("{}:200000:9\n", uid_);
  write_ranges(usual, "other:1:1\n");
  EXPECT_THAT(fail(configure_line({"--rootless=subid"})),
              AllOf(StartsWith("\"" + path("subgid") + "\" has no range of ids"),
                    HasSubstr("--rootless=subid"), HasSubstr(std::to_string(uid_))));
  write_ranges("", usual);
  EXPECT_THAT(fail(configure_line({"--rootless=subid"})), HasSubstr(path("subuid")));
  stdfs::remove(path("subuid"));
  EXPECT_THAT(fail(configure_line({"--rootless=subid"})),
              AllOf(HasSubstr("open subordinate ids"), HasSubstr("--rootless=subid"),
                    HasSubstr(path("subuid"))));
  stdfs::create_directory(path("subuid"));
  EXPECT_THAT(fail(configure_line({"--rootless=subid"})), HasSubstr("is a directory"));
}

TEST_F(RootlessSubidTest, takes_no_other_maps) {
  stdfs::remove(path("subuid"));
  for (const char* map : {"--uid-map=0:5", "--gid-map=0:5"}) {
    EXPECT_THAT(fail(configure_line({"--rootless=subid", map})),
                StartsWith("--rootless=subid and --" + std::string(map).substr(2, 7) +
                           " may not be specified together"));
  }
}

TEST_F(RootlessSubidTest, takes_no_ranges_that_overlap) {
  write_ranges(fmt::format("{}:200000:9\n{}:200008:2\n", uid_, uid_),
               fmt::format("{}:300000:8\n", uid_));
  EXPECT_THAT(fail(configure_line({"--rootless=subid"})),
              HasSubstr(fmt::format("ranges of user {} in \"{}\"", uid_, path("subuid"))));
  write_ranges(fmt::format("{}:{}:9\n", uid_, uid_), fmt::format("{}:300000:8\n", uid_));
  EXPECT_THAT(fail(configure_line({"--rootless=subid"})), HasSubstr(path("subuid")));
}

TEST_F(RootlessSubidTest, tells_of_malformed_lines) {
  write_ranges(fmt::format("# {}\nnonsense\n{}:200000:9\n", uid_, uid_),
               fmt::format("{}:300000:8\n", uid_));
  const Outcome outcome = run(configure_line({"--rootless=subid"}));
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("skipped malformed lines"), HasSubstr("nonsense")));
}

TEST_F(RootlessSubidTest, reads_no_file_without_end) {
  if (!stdfs::exists("/dev/zero")) GTEST_SKIP() << "needs /dev/zero";
  stdfs::remove(path("subuid"));
  stdfs::create_symlink("/dev/zero", path("subuid"));
  EXPECT_THAT(fail(configure_line({"--rootless=subid"})), HasSubstr(path("subuid")));
}

}  // namespace
}  // namespace umoci::cli
