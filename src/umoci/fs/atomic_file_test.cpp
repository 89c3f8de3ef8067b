// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/atomic_file.hpp>

#include <umoci/base/error.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <set>
#include <string>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;

class AtomicFileTest : public testing::Test {
 protected:
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : stdfs::directory_iterator(directory_.path())) {
      found.insert(entry.path().filename());
    }
    return found;
  }
  static void write(AtomicFile& file, std::string_view text) { file.write(io::as_bytes(text)); }

  test::TemporaryDirectory directory_;
  stdfs::path path_ = directory_ / "file";
};

TEST_F(AtomicFileTest, AppearsOnCommitOnly) {
  {
    AtomicFile file(path_);
    write(file, "con");
    write(file, "tent");
    EXPECT_FALSE(stdfs::exists(path_));
    ASSERT_EQ(names().size(), 1U);
    EXPECT_TRUE(names().begin()->starts_with(".file."));
    file.commit();
    EXPECT_EQ(test::read_file(path_), "content");
  }
  EXPECT_EQ(names(), std::set<std::string>{"file"});
}

TEST_F(AtomicFileTest, LeavesNothingBehindWithoutCommit) {
  test::write_file(path_, "old");
  {
    AtomicFile file(path_);
    write(file, "new");
  }
  EXPECT_EQ(names(), std::set<std::string>{"file"});
  EXPECT_EQ(test::read_file(path_), "old");
}

TEST_F(AtomicFileTest, ReplacesFilesAndLinks) {
  test::write_file(directory_ / "target", "target");
  stdfs::create_symlink("target", path_);
  for (const std::string text : {"first", "second"}) {
    AtomicFile file(path_);
    write(file, text);
    file.commit(Durability::unsynced);
    EXPECT_FALSE(stdfs::is_symlink(path_));
    EXPECT_EQ(test::read_file(path_), text);
  }
  EXPECT_EQ(test::read_file(directory_ / "target"), "target");
}

TEST_F(AtomicFileTest, CommitNewReplacesNothing) {
  {
    AtomicFile file(path_);
    write(file, "first");
    file.commit_new();
  }
  {
    AtomicFile file(path_);
    write(file, "second");
    EXPECT_ERROR(already_exists, "", file.commit_new());
  }
  EXPECT_EQ(test::read_file(path_), "first");
  EXPECT_EQ(names(), std::set<std::string>{"file"});
}

TEST_F(AtomicFileTest, CommitNewReplacesNothingWhereRenameCannotTell) {
  test::in_child_process([&] {
    test::forbid_system_calls({SYS_renameat2}, EINVAL);
    for (const bool taken : {false, true}) {
      AtomicFile file(path_);
      write(file, taken ? "second" : "first");
      if (taken)
        EXPECT_ERROR(already_exists, "file", file.commit_new());
      else
        file.commit_new();
    }
  });
  EXPECT_EQ(test::read_file(path_), "first");
  EXPECT_EQ(names(), std::set<std::string>{"file"});
}

TEST_F(AtomicFileTest, ContentIsOnTheDiskBeforeTheNameAndTheNameBeforeTheReturn) {
  const stdfs::path log = directory_ / "log";
  // A leak checker cannot run beside strace.
  const auto traced = test::run_program({"strace", "-qq", "-y", "-E", "ASAN_OPTIONS=detect_leaks=0",
                                         "-e", "trace=write,fsync,rename", "-o", log,
                                         stdfs::read_symlink("/proc/self/exe"),
                                         "--gtest_filter=AtomicFileTest.AppearsOnCommitOnly"});
  if (traced.status != 0) GTEST_SKIP() << "strace does not work here: " << traced.err;
  const std::string calls = test::read_file(log);
  const std::size_t written = calls.find("\"tent\"");
  const std::size_t synced = calls.find("fsync(", written);
  const std::size_t renamed = calls.find("rename(", synced);
  const std::size_t published = calls.find("fsync(", renamed);
  ASSERT_NE(published, std::string::npos) << calls;
  EXPECT_THAT(calls.substr(synced, renamed - synced), testing::HasSubstr("/.file."));
  EXPECT_THAT(calls.substr(published), testing::Not(testing::HasSubstr("file")));
}

TEST_F(AtomicFileTest, FailedCommitPublishesNothing) {
  stdfs::create_directories(path_ / "full");
  {
    AtomicFile file(path_);
    write(file, "content");
    EXPECT_THROW(file.commit(), Error);
  }
  EXPECT_EQ(names(), std::set<std::string>{"file"});
  EXPECT_TRUE(stdfs::exists(path_ / "full"));
}

TEST_F(AtomicFileTest, FailedWritePublishesNothing) {
  // A limit on the size of files fails like a full disk does.
  struct rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit small = before;
  small.rlim_cur = 1000;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  {
    AtomicFile file(path_);
    EXPECT_ERROR(io, "", write(file, std::string(2000, 'x')));
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(names().empty());
}

TEST_F(AtomicFileTest, ModeIsSubjectToTheUmask) {
  const mode_t old = ::umask(027);
  AtomicFile file(path_);
  file.commit(Durability::unsynced);
  ::umask(old);
  EXPECT_EQ(stdfs::status(path_).permissions(), stdfs::perms{0640});
}

TEST_F(AtomicFileTest, TakesTheLongestNames) {
  const stdfs::path path = directory_ / std::string(255, 'n');
  AtomicFile file(path);
  file.commit(Durability::unsynced);
  EXPECT_TRUE(stdfs::exists(path));
}

TEST_F(AtomicFileTest, WantsAName) {
  for (const char* name : {"", ".", "..", "dir/", "/"}) {
    SCOPED_TRACE(name);
    EXPECT_ERROR(invalid_argument, "", [&] { AtomicFile file{stdfs::path(name)}; }());
  }
  EXPECT_ERROR(not_found, "", [&] { AtomicFile file(directory_ / "none/file"); }());
}

TEST_F(AtomicFileTest, ReadsWholeFiles) {
  test::write_file(path_, "12345");
  EXPECT_EQ(read_file(path_, 5), "12345");
  EXPECT_ERROR(limit_exceeded, "", read_file(path_, 4));
  EXPECT_ERROR(not_found, "", read_file(directory_ / "none", 4));
  EXPECT_ERROR(invalid_data, "", read_file(directory_.path(), 4));
  ASSERT_EQ(::mkfifo((directory_ / "fifo").c_str(), 0600), 0);
  EXPECT_ERROR(invalid_data, "", read_file(directory_ / "fifo", 4));
}

TEST_F(AtomicFileTest, ReadsFilesWhoseSizeIsNotKnown) {
  EXPECT_FALSE(read_file("/proc/self/status", 1U << 20U).empty());
  EXPECT_ERROR(limit_exceeded, "", read_file("/proc/self/status", 10));
}

TEST(RandomNameTest, HasTenDigitsAndDiffers) {
  std::set<std::string> names;
  for (int i = 0; i < 100; ++i) names.insert(random_name("x-"));
  EXPECT_EQ(names.size(), 100U);
  for (const std::string& name : names) {
    EXPECT_THAT(name, testing::MatchesRegex("x-[0-9]{10}"));
  }
}

}  // namespace
}  // namespace umoci::fs
