// SPDX-License-Identifier: Apache-2.0

// umoci raw unpack: what becomes of the directory.

#include <umoci_test/disk_tree.hpp>
#include <umoci_test/insert_command.hpp>
#include <umoci_test/restricted_child.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
namespace stdfs = std::filesystem;

class RawUnpackTest : public InsertTest {
 protected:
  void SetUp() override {
    make_layout();
    make_directory("tree/etc");
    make_file("tree/etc/f");
    make_file("tree/set-id", "x", 04755);
    stdfs::create_symlink("etc", path("tree/link"));
    insert({path("tree/etc"), "/usr/etc"});
    insert_above({path("tree/set-id"), "/bin/set-id"});
    insert_above({path("tree/link"), "/link"});
  }

  /// Puts a further layer on top of "new".
  void insert_above(const std::vector<std::string>& more) {
    auto words = line(more);
    words[2] = image("new");
    run_well(words);
  }

  std::vector<std::string> unpack_line(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"raw", "unpack", "--image", image("new")};
    if (::geteuid() != 0) words.emplace_back("--rootless");
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Outcome unpack(const std::vector<std::string>& more) {
    Outcome outcome = run(unpack_line(more));
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_EQ(outcome.out, "");
    return outcome;
  }
  std::string fail(const std::vector<std::string>& more) {
    const Outcome outcome = run(unpack_line(more));
    EXPECT_EQ(outcome.status, 1) << outcome;
    const auto lines = fatal_lines(outcome.err);
    EXPECT_EQ(lines.size(), 1U) << outcome;
    return lines.empty() ? "" : lines.front();
  }

  /// Breaks the last byte but one of the topmost layer's blob.
  void damage_layer() {
    const auto manifest = oci::Json::parse(manifest_text("new"));
    const auto layer = oci::Descriptor::from_json(manifest.find("layers")->if_array()->back());
    const stdfs::path blob = stdfs::path(path("layout")) / "blobs/sha256" / layer.digest.encoded();
    std::string bytes = test::read_file(blob);
    bytes[0] = static_cast<char>(bytes[0] ^ 1);
    test::write_file(blob, bytes);
  }

  /// Everything in a directory, the directory itself included.
  static std::string describe(const std::string& top) {
    std::string text;
    const auto tree = test::read_tree(top);
    for (const auto& [name, node] : tree->nodes()) {
      const tree::Entry& e = node.entry;
      text += name.display() + " " + std::string(name_of(e.type)) + " " + std::to_string(e.mode) +
              " " + std::to_string(e.uid) + ":" + std::to_string(e.gid) + " " +
              std::to_string(e.mtime.seconds) + " " + e.link + " " + node.content + "\n";
    }
    return text;
  }
  mode_t mode_of(const std::string& name) const {
    struct stat status{};
    EXPECT_EQ(::lstat(path(name).c_str(), &status), 0) << name;
    return status.st_mode & 07777U;
  }
};

TEST_F(RawUnpackTest, makes_what_unpack_calls_rootfs) {
  for (const mode_t mask : {0U, 022U, 077U}) {
    const mode_t before = ::umask(mask);
    unpack({path("rootfs")});
    auto words = unpack_line({path("bundle")});
    words.erase(words.begin());
    run_well(words);
    ::umask(before);
    EXPECT_EQ(describe(path("rootfs")), describe(path("bundle/rootfs"))) << mask;
    EXPECT_THAT(describe(path("rootfs")), HasSubstr("/usr/etc/f file"));
    EXPECT_EQ(mode_of("rootfs"), 0755U);
    stdfs::remove_all(path("rootfs"));
    stdfs::remove_all(path("bundle"));
  }
}

TEST_F(RawUnpackTest, tells_of_start_and_end_as_umoci_does) {
  const Outcome outcome = unpack({path("rootfs")});
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 3) << outcome;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("unpacking rootfs ..."), HasSubstr("... done"),
                                 HasSubstr("unpacked image rootfs")));
  std::vector<std::string> words = unpack_line({path("silent")});
  words.insert(words.begin(), {"--log", "error"});
  EXPECT_EQ(run_well(words), "");
}

TEST_F(RawUnpackTest, takes_flags_anywhere) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--rootless", path("rootfs"), "--keep-dirlinks"},
        {path("rootfs"), "--rootless"},
        {"--rootless=true", "--", path("rootfs") + "/"}}) {
    unpack(words);
    EXPECT_TRUE(stdfs::exists(path("rootfs/usr/etc/f")));
    stdfs::remove_all(path("rootfs"));
  }
}

TEST_F(RawUnpackTest, extracts_into_what_is_there) {
  make_directory("rootfs", 0700);
  make_file("rootfs/precious");
  make_directory("rootfs/usr", 0711, 17);
  stdfs::create_directory_symlink("rootfs", path("link-to-it"));
  unpack({path("link-to-it")});
  EXPECT_EQ(mode_of("rootfs"), 0700U);
  EXPECT_EQ(mode_of("rootfs/usr"), 0711U);
  EXPECT_EQ(test::read_file(path("rootfs/precious")), "hello\n");
  EXPECT_EQ(test::read_file(path("rootfs/usr/etc/f")), "hello\n");
  // A second time.
  unpack({path("rootfs")});
}

TEST_F(RawUnpackTest, removes_what_it_made_when_it_fails) {
  damage_layer();
  EXPECT_THAT(fail({path("rootfs")}), HasSubstr("verified reader digest mismatch"));
  EXPECT_FALSE(stdfs::exists(path("rootfs")));
  EXPECT_THAT(fail({path("rootfs/")}), Not(HasSubstr("left there")));
  EXPECT_FALSE(stdfs::exists(path("rootfs")));
}

TEST_F(RawUnpackTest, empties_what_was_empty_when_it_fails) {
  make_directory("rootfs", 0750, 12345);
  damage_layer();
  EXPECT_THAT(fail({path("rootfs")}), Not(HasSubstr("left there")));
  EXPECT_TRUE(stdfs::is_empty(path("rootfs")));
  EXPECT_EQ(mode_of("rootfs"), 0750U);
  EXPECT_EQ(
      stdfs::last_write_time(path("rootfs")).time_since_epoch(),
      stdfs::file_time_type::clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(12345)))
          .time_since_epoch());
}

TEST_F(RawUnpackTest, removes_nothing_that_was_there_when_it_fails) {
  make_directory("rootfs/usr");
  make_file("rootfs/usr/precious");
  damage_layer();
  EXPECT_THAT(fail({path("rootfs")}),
              AllOf(HasSubstr("\"" + path("rootfs") + "\" was not empty"), HasSubstr("left there"),
                    HasSubstr("verified reader digest mismatch")));
  EXPECT_EQ(test::read_file(path("rootfs/usr/precious")), "hello\n");
}

TEST_F(RawUnpackTest, touches_nothing_when_it_can_be_known_before) {
  make_directory("rootfs");
  make_file("rootfs/precious");
  make_file("file");
  stdfs::create_symlink("nowhere", path("dangling"));
  const auto before = everything();
  EXPECT_THAT(fail({path("file")}), HasSubstr("\"" + path("file") + "\" is not a directory"));
  EXPECT_THAT(fail({path("dangling")}), HasSubstr(path("dangling")));
  EXPECT_THAT(fail({path("no/parent")}), HasSubstr(path("no")));
  EXPECT_THAT(fail({path("file/rootfs")}), HasSubstr(path("file")));
  if (::geteuid() == 0) {
    EXPECT_THAT(fail({path("rootfs"), "--uid-map", "5:5:1"}),
                HasSubstr("container id 0 cannot be mapped"));
  }
  run_badly({"raw", "unpack", "--image", image("nosuch"), path("rootfs")});
  run_badly({"raw", "unpack", "--image", image("new")});
  run_badly({"raw", "unpack", "--image", image("new"), ""});
  // As a layer's diff_id is missing.
  EXPECT_EQ(everything(), before);
}

TEST_F(RawUnpackTest, of_an_image_without_layers_needs_a_directory_too) {
  make_file("file");
  EXPECT_THAT(run_badly({"--log=error", "raw", "unpack", "--image", image(), path("file")}),
              HasSubstr("is not a directory"));
}

TEST_F(RawUnpackTest, maps_owners) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  unpack({path("rootfs"), "--uid-map", "0:1000:10", "--gid-map=0:2000:10"});
  struct stat status{};
  for (const std::string name : {"rootfs", "rootfs/usr", "rootfs/usr/etc/f"}) {
    ASSERT_EQ(::stat(path(name).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 1000U) << name;
    EXPECT_EQ(status.st_gid, 2000U) << name;
  }
  EXPECT_EQ(mode_of("rootfs/bin/set-id"), 04755U);
}

TEST_F(RawUnpackTest, with_a_map_of_one_kind_says_what_becomes_of_the_other) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  std::vector<std::string> words = unpack_line({path("rootfs"), "--uid-map", "0:1000:10"});
  words.insert(words.begin(), "--log=info");
  EXPECT_THAT(run(words).err, HasSubstr("there is no mapping of group ids: they stay as they are"));
  words = unpack_line({path("other"), "--gid-map", "0:1000:10"});
  words.insert(words.begin(), "--log=info");
  EXPECT_THAT(run(words).err, HasSubstr("there is no mapping of user ids"));
  EXPECT_THAT(unpack({path("third"), "--gid-map", "0:1000:10"}).err, Not(HasSubstr("mapping")));
}

TEST_F(RawUnpackTest, as_a_plain_user_undoes_directories_it_may_not_read) {
  make_directory("tree/closed");
  make_file("tree/closed/f", "x", 0000);
  set("tree/closed", 0000, 5);
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to make the image";
  insert_above({path("tree/closed"), "/closed"});
  insert_above({path("tree/etc"), "/z"});
  damage_layer();
  test::as_plain_user(directory.path(), [&] {
    stdfs::create_directory(path("empty"));
    for (const std::string name : {"rootfs", "empty"}) {
      const Outcome outcome =
          run({"raw", "unpack", "--rootless", "--image", image("new"), path(name)});
      EXPECT_EQ(outcome.status, 1);
      EXPECT_THAT(outcome.err, HasSubstr("verified reader digest mismatch"));
    }
    EXPECT_FALSE(stdfs::exists(path("rootfs")));
    EXPECT_TRUE(stdfs::is_empty(path("empty")));
  });
}

}  // namespace
}  // namespace umoci::cli
