// SPDX-License-Identifier: Apache-2.0

// umoci raw runtime-config: what it writes, and where.

#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

class RuntimeConfigTest : public CommandLineTest {
 protected:
  void SetUp() override { make_layout(); }

  void set_user(const std::string& user) {
    run_well({"config", "--image", image(), "--config.user", user});
  }
  Words line(const Words& more) const {
    Words words{"raw", "runtime-config", "--image", image()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// The compact text of a member of what was written to `file`; "absent" if it has none.
  std::string member(std::string_view member_path, const std::string& file = "config.json") const {
    const oci::Json document = oci::Json::parse(test::read_file(path(file)));
    const oci::Json* found = find_member(document, member_path);
    return found == nullptr ? "absent" : found->dump();
  }
};

TEST_F(RuntimeConfigTest, is_indented_by_tabs_and_ends_with_a_line_feed) {
  EXPECT_EQ(run_well(line({path("config.json")})), "");
  const std::string text = test::read_file(path("config.json"));
  EXPECT_THAT(text, StartsWith("{\n\t\"ociVersion\": \""));
  EXPECT_THAT(text, EndsWith("\n}\n"));
  EXPECT_EQ(member("root"), R"({"path":"."})");
  EXPECT_EQ(member("process.args"), R"(["sh"])");
  EXPECT_EQ(member("process.terminal"), "true");
}

TEST_F(RuntimeConfigTest, has_an_alias) {
  run_well({"raw", "config", path("config.json"), "--image", image()});
  EXPECT_EQ(member("hostname"), R"("umoci-default")");
  EXPECT_THAT(run_well({"raw", "config", "--help"}), HasSubstr("umoci raw runtime-config"));
  EXPECT_THAT(run_well({"raw", "help", "config"}), HasSubstr("umoci raw runtime-config"));
  EXPECT_THAT(run_well({"raw"}), HasSubstr("runtime-config, config"));
}

TEST_F(RuntimeConfigTest, has_the_mode_that_the_umask_allows) {
  for (const mode_t mask : {0U, 022U, 077U}) {
    const mode_t before = ::umask(mask);
    run_well(line({path("config.json")}));
    ::umask(before);
    struct stat status{};
    ASSERT_EQ(::stat(path("config.json").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0666U & ~mask);
    stdfs::remove(path("config.json"));
  }
}

TEST_F(RuntimeConfigTest, takes_the_place_of_a_file) {
  test::write_file(path("config.json"), std::string(100000, 'x'));
  ASSERT_EQ(::chmod(path("config.json").c_str(), 0640), 0);
  run_well(line({path("config.json")}));
  EXPECT_EQ(member("process.cwd"), R"("/")");
  struct stat status{};
  ASSERT_EQ(::stat(path("config.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
}

TEST_F(RuntimeConfigTest, goes_to_a_file_called_dash) {
  const stdfs::path before = stdfs::current_path();
  stdfs::current_path(directory.path());
  EXPECT_EQ(run_well(line({"-"})), "");
  stdfs::current_path(before);
  EXPECT_EQ(member("root.path", "-"), R"(".")");
}

TEST_F(RuntimeConfigTest, goes_to_the_standard_output) {
  run_well(line({path("config.json")}));
  EXPECT_EQ(run_well(line({"/dev/stdout"})), test::read_file(path("config.json")));
}

TEST_F(RuntimeConfigTest, follows_links) {
  stdfs::create_directory(path("elsewhere"));
  stdfs::create_symlink("elsewhere/target", path("link"));
  stdfs::create_symlink(path("link"), path("config.json"));
  for (int i = 0; i < 2; ++i) {  // to what is not there, and to what is
    run_well(line({path("config.json")}));
    EXPECT_EQ(member("root.path", "elsewhere/target"), R"(".")");
    EXPECT_TRUE(stdfs::is_symlink(path("config.json")));
    EXPECT_TRUE(stdfs::is_symlink(path("link")));
  }
}

TEST_F(RuntimeConfigTest, makes_unknown_users_root_without_a_rootfs) {
  set_user("somebody:users");
  const Outcome outcome = run(line({path("config.json")}));
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("somebody:users"));
  EXPECT_EQ(member("process.user"), R"({"uid":0,"gid":0})");
  EXPECT_THAT(member("process.env"), Not(HasSubstr("HOME")));
}

TEST_F(RuntimeConfigTest, honours_numeric_users_without_a_rootfs) {
  set_user("12:34");
  for (const Words& more : {Words{}, {"--rootfs", ""}}) {
    Words words = line(more);
    words.push_back(path("config.json"));
    run_well(words);
    EXPECT_EQ(member("process.user"), R"({"uid":12,"gid":34})");
    EXPECT_THAT(member("process.env"), Not(HasSubstr("HOME")));
    EXPECT_EQ(member("root.path"), R"(".")");
  }
}

TEST_F(RuntimeConfigTest, looks_users_up_in_the_rootfs) {
  stdfs::create_directories(path("tree/etc"));
  test::write_file(path("tree/etc/passwd"), "somebody:x:7:8::/home/s:/bin/sh\n");
  test::write_file(path("tree/etc/group"), "users:x:100:somebody\n");
  set_user("somebody");
  run_well(line({path("config.json"), "--rootfs", path("tree") + "//"}));
  EXPECT_EQ(member("process.user"), R"({"uid":7,"gid":8,"additionalGids":[100]})");
  EXPECT_THAT(member("process.env"), EndsWith(R"(,"HOME=/home/s"])"));
  EXPECT_EQ(member("root.path"), R"("tree")");
  set_user("nobody");
  EXPECT_THAT(run_badly(line({path("other"), "--rootfs", path("tree")})),
              HasSubstr(R"(unable to find user "nobody": no matching entries in passwd file)"));
}

TEST_F(RuntimeConfigTest, needs_no_rootfs_that_exists_for_numbers) {
  set_user("7");
  run_well(line({path("config.json"), "--rootfs", path("missing/rootfs")}));
  EXPECT_EQ(member("process.user"), R"({"uid":7,"gid":0})");
  EXPECT_EQ(member("root.path"), R"("rootfs")");
  set_user("somebody");
  EXPECT_THAT(run_badly(line({path("other"), "--rootfs", path("missing/rootfs")})),
              AllOf(HasSubstr("--rootfs \"" + path("missing/rootfs") + "\" does not exist: "),
                    HasSubstr("unable to find user")));
}

TEST_F(RuntimeConfigTest, has_a_user_namespace_for_mappings) {
  run_well(line({path("config.json"), "--uid-map", "0:1000:1", "--uid-map", "1:5:7", "--gid-map",
                 "0:100:65536"}));
  EXPECT_EQ(member("linux.uidMappings"),
            R"([{"containerID":0,"hostID":1000,"size":1},{"containerID":1,"hostID":5,"size":7}])");
  EXPECT_EQ(member("linux.gidMappings"), R"([{"containerID":0,"hostID":100,"size":65536}])");
  EXPECT_THAT(member("linux.namespaces"), EndsWith(R"({"type":"mount"},{"type":"user"}])"));
}

TEST_F(RuntimeConfigTest, is_for_the_caller_when_rootless) {
  run_well(line({path("config.json"), "--rootless"}));
  EXPECT_EQ(member("linux.uidMappings"),
            R"([{"containerID":0,"hostID":)" + std::to_string(::geteuid()) + R"(,"size":1}])");
  EXPECT_EQ(member("linux.resources"), "absent");
  EXPECT_THAT(member("linux.namespaces"), Not(HasSubstr("network")));
}

TEST_F(RuntimeConfigTest, is_what_unpack_writes) {
  Words unpack{"unpack", "--image", image(), path("bundle")};
  Words words = line({path("config.json"), "--rootfs", path("bundle/rootfs")});
  if (::geteuid() != 0) {
    unpack.emplace_back("--rootless");
    words.emplace_back("--rootless");
  }
  run_well(unpack);
  run_well(words);
  EXPECT_EQ(test::read_file(path("config.json")), test::read_file(path("bundle/config.json")));
}

TEST_F(RuntimeConfigTest, resolves_the_image_before_it_makes_the_file) {
  for (const std::string& reference : {image("missing"), path("nothing")}) {
    run_badly({"raw", "runtime-config", "--image", reference, path("config.json")});
    EXPECT_FALSE(stdfs::exists(path("config.json"))) << reference;
  }
  EXPECT_THAT(run_badly(line({})), HasSubstr("expected <config.json>"));
  EXPECT_THAT(run_badly(line({""})), HasSubstr("<config.json> cannot be empty"));
  EXPECT_THAT(run_badly({"raw", "runtime-config", path("x")}),
              HasSubstr("missing mandatory argument: --image"));
}

}  // namespace
}  // namespace umoci::cli
