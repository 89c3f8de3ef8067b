// SPDX-License-Identifier: Apache-2.0

// umoci raw runtime-config: what holds when things go wrong, and root file systems that mean harm.

#include <umoci_test/command_line.hpp>
#include <umoci_test/restricted_child.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fcntl.h>

#include <algorithm>
#include <future>
#include <string>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

class RuntimeConfigFileTest : public CommandLineTest {
 protected:
  void SetUp() override { make_layout(); }

  Words line(const Words& more) const {
    Words words{"raw", "runtime-config", "--image", image()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(RuntimeConfigFileTest, stays_as_it_was_when_the_command_fails) {
  run_well({"config", "--image", image(), "--config.user", "nobody"});
  stdfs::create_directory(path("tree"));
  const auto nothing = everything();
  run_badly(line({path("config.json"), "--rootfs", path("tree")}));
  EXPECT_EQ(everything(), nothing);
  test::write_file(path("config.json"), "precious");
  const auto before = everything();
  run_badly(line({path("config.json"), "--rootfs", path("tree")}));
  run_well({"config", "--image", image(), "--platform.os", "plan9"});
  const std::string message = run_badly(line({path("config.json")}));
  EXPECT_THAT(message, HasSubstr(R"(unsupported OS: "plan9")"));
  // That is for unpack.
  EXPECT_THAT(message, testing::Not(HasSubstr("no-runtime-config")));
  EXPECT_EQ(test::read_file(path("config.json")), "precious");
  EXPECT_TRUE(before.contains("config.json"));
}

TEST_F(RuntimeConfigFileTest, is_replaced_by_a_rename) {
  test::write_file(path("config.json"), "old");
  const int fd = ::open(path("config.json").c_str(), O_RDONLY | O_CLOEXEC);
  run_well(line({path("config.json")}));
  std::string old(100, '\0');
  const ssize_t count = ::read(fd, old.data(), old.size());
  EXPECT_EQ(old.substr(0, static_cast<std::size_t>(std::max<ssize_t>(count, 0))), "old");
  ::close(fd);
}

TEST_F(RuntimeConfigFileTest, keeps_its_owner) {
  if (!test::is_real_root()) GTEST_SKIP() << "needs root, who can give files away";
  test::write_file(path("config.json"), "old");
  ASSERT_EQ(::chown(path("config.json").c_str(), 12, 34), 0);
  ASSERT_EQ(::chmod(path("config.json").c_str(), 0604), 0);
  run_well(line({path("config.json")}));
  struct stat status{};
  ASSERT_EQ(::stat(path("config.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 12U);
  EXPECT_EQ(status.st_gid, 34U);
  EXPECT_EQ(status.st_mode & 07777U, 0604U);
}

TEST_F(RuntimeConfigFileTest, is_written_to_where_it_cannot_be_replaced) {
  stdfs::create_directory(path("closed"));
  test::write_file(path("closed/config.json"), std::string(100000, 'x'));
  ASSERT_EQ(::chmod(path("closed/config.json").c_str(), 0666), 0);
  ASSERT_EQ(::chmod(path("closed").c_str(), 0555), 0);
  test::as_plain_user(directory.path(), [&] {
    run_well(line({path("closed/config.json")}));
    EXPECT_EQ(test::read_file(path("closed/config.json")), run_well(line({"/dev/stdout"})));
    EXPECT_THAT(run_badly(line({path("closed/new")})), HasSubstr("Permission denied"));
  });
}

TEST_F(RuntimeConfigFileTest, may_have_lost_its_name) {
  const std::string name = path("unlinked");
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(::write(fd, "something long before", 21), 21);
  stdfs::remove(name);
  const auto before = everything();
  const std::string text = run_well(line({"/dev/stdout"}));
  const std::string behind = fmt::format("/proc/{}/fd/{}", ::getpid(), fd);
  run_well(line({behind}));
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(test::read_file(behind), text);
  // A descriptor of one's own is written to where it stands.
  ASSERT_EQ(::lseek(fd, 0, SEEK_END), static_cast<off_t>(text.size()));
  run_well(line({fmt::format("/dev/fd/{}", fd)}));
  EXPECT_EQ(test::read_file(behind), text + text);
  ::close(fd);
}

TEST_F(RuntimeConfigFileTest, may_be_a_pipe_or_a_device) {
  const std::string pipe = path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  auto text = std::async(std::launch::async, [&] { return test::read_file(pipe); });
  run_well(line({pipe}));
  EXPECT_EQ(text.get(), run_well(line({"/dev/stdout"})));
  EXPECT_TRUE(stdfs::is_fifo(pipe));
  run_well(line({"/dev/null"}));
  EXPECT_THAT(run_badly(line({"/dev/full"})), HasSubstr("No space left"));
}

TEST_F(RuntimeConfigFileTest, is_no_directory_and_below_none_that_is_missing) {
  stdfs::create_directory(path("directory"));
  stdfs::create_symlink("loop", path("loop"));
  test::write_file(path("file"), "");
  const auto before = everything();
  EXPECT_THAT(run_badly(line({path("directory")})), HasSubstr("it is a directory"));
  EXPECT_THAT(run_badly(line({path("directory") + "/"})), HasSubstr("it is a directory"));
  for (const std::string name : {"loop", "file/", "file/x", "missing/x", "missing/"}) {
    EXPECT_THAT(run_badly(line({path(name)})), HasSubstr('"' + path(name) + '"'));
  }
  EXPECT_EQ(everything(), before);
}

TEST_F(RuntimeConfigFileTest, has_mappings_of_both_kinds) {
  run_well(line({path("config.json"), "--uid-map", "0:1000:1"}));
  const oci::Json document = oci::Json::parse(test::read_file(path("config.json")));
  EXPECT_EQ(find_member(document, "linux.gidMappings")->dump(),
            R"([{"containerID":0,"hostID":0,"size":4294967295}])");
}

TEST_F(RuntimeConfigFileTest, names_its_root_file_system_in_utf8) {
  stdfs::create_directory(path("\xff"));
  const auto before = everything();
  EXPECT_THAT(run_badly(line({path("config.json"), "--rootfs", path("\xff")})),
              HasSubstr("no UTF-8"));
  test::write_file(path("file"), "");
  EXPECT_THAT(run_badly(line({path("config.json"), "--rootfs", path("file")})),
              StartsWith("--rootfs: "));
  stdfs::remove(path("file"));
  EXPECT_EQ(everything(), before);
}

/// A root file system whose /etc/passwd is not what it should be.
class HostileRootfsTest : public RuntimeConfigFileTest {
 protected:
  void SetUp() override {
    RuntimeConfigFileTest::SetUp();
    stdfs::create_directories(path("tree/etc"));
    stdfs::create_directories(path("tree/usr/etc"));
    test::write_file(path("outside"), "somebody:x:666:666::/outside:\n");
    test::write_file(path("tree/usr/etc/passwd"), "somebody:x:7:8::/inside:\n");
    run_well({"config", "--image", image(), "--config.user", "somebody"});
    run_well({"config", "--image", image(), "--tag", "number", "--config.user", "7"});
  }

  std::string passwd() const { return path("tree/etc/passwd"); }

  Outcome convert(const std::string& tag) {
    return run(
        {"raw", "runtime-config", "--image", image(tag), "--rootfs", path("tree"), "/dev/stdout"});
  }
  /// What the file does not say is asked for by name, and needs no answer for a number.
  void expect_ignored(const std::string& why) {
    const Outcome number = convert("number");
    EXPECT_EQ(number.status, 0) << number;
    EXPECT_THAT(number.out, HasSubstr("\"uid\": 7"));
    EXPECT_THAT(number.err, HasSubstr(why));
    const Outcome name = convert("latest");
    EXPECT_EQ(name.status, 1) << name;
    EXPECT_EQ(name.out, "");
    const auto lines = fatal_lines(name.err);
    ASSERT_EQ(lines.size(), 1U) << name;
    EXPECT_THAT(lines[0], HasSubstr("unable to find user"));
  }
};

TEST_F(HostileRootfsTest, leads_by_links_to_its_own_files_only) {
  for (const std::string& target :
       {std::string("/usr/etc/passwd"), std::string("../usr/etc/passwd"),
        std::string("../../../../usr/etc/passwd"), std::string("/../usr/./etc//passwd")}) {
    stdfs::create_symlink(target, passwd());
    const Outcome outcome = convert("latest");
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_THAT(outcome.out, HasSubstr("\"uid\": 7")) << target;
    stdfs::remove(passwd());
  }
  for (const std::string& target :
       {std::string("/etc/passwd"), path("outside"), std::string("../../outside"),
        std::string("/proc/self/root/etc/passwd"), std::string("/proc/self/cwd/outside")}) {
    stdfs::create_symlink(target, passwd());
    expect_ignored("");
    stdfs::remove(passwd());
  }
  stdfs::remove_all(path("tree/etc"));
  stdfs::create_symlink(path("."), path("tree/etc"));
  stdfs::rename(path("outside"), path("passwd"));
  expect_ignored("");
}

TEST_F(HostileRootfsTest, has_no_users_in_what_is_no_file) {
  ASSERT_EQ(::mkfifo(passwd().c_str(), 0644), 0);
  expect_ignored("file=/etc/passwd");
  stdfs::remove(passwd());
  stdfs::create_directory(passwd());
  expect_ignored("file=/etc/passwd");
  stdfs::remove(passwd());
  stdfs::create_symlink("passwd", passwd());
  expect_ignored("file=/etc/passwd");
  stdfs::remove(passwd());
  if (!test::is_real_root()) GTEST_SKIP() << "the rest needs root, who can make devices";
  // What reading from it gives would have no end.
  if (::mknod(passwd().c_str(), S_IFCHR | 0644, makedev(1, 5)) != 0) {
    GTEST_SKIP() << "devices cannot be made here";
  }
  expect_ignored("file=/etc/passwd");
}

TEST_F(HostileRootfsTest, has_no_users_in_what_may_not_be_read) {
  test::write_file(passwd(), "somebody:x:9:9::/:\n");
  ASSERT_EQ(::chmod(passwd().c_str(), 0), 0);
  // Otherwise it belongs to the plain user: who may not read it all the same.
  test::as_plain_user(directory.path(), [&] { expect_ignored("file=/etc/passwd"); });
}

TEST_F(HostileRootfsTest, is_not_read_without_end) {
  test::write_file(passwd(), "somebody:x:9:9::/:\n");
  constexpr off_t hundred_mib = off_t{100} << 20U;
  ASSERT_EQ(::truncate(passwd().c_str(), hundred_mib), 0);
  for (const std::string tag : {"latest", "number"}) {
    const Outcome outcome = convert(tag);
    EXPECT_EQ(outcome.status, 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("/etc/passwd"));
  }
}

}  // namespace
}  // namespace umoci::cli
