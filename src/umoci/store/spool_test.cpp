// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/spool.hpp>

#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/sample_bytes.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace umoci::store {
namespace {

constexpr std::size_t most = Spool::most_in_memory_bytes;

std::string text_of(const Spool& spool) {
  const auto bytes = spool.open();
  return io::read_all(*bytes, 100 * most);
}

/// Appends `text` in pieces.
void fill(Spool& spool, std::string_view text, std::size_t piece_bytes) {
  for (; !text.empty(); text = text.substr(std::min(text.size(), piece_bytes))) {
    spool.append(io::as_bytes(text.substr(0, piece_bytes)));
  }
  spool.finish();
}

TEST(SpoolTest, KeepsBytesOfAnySize) {
  const test::TemporaryDirectory directory;
  for (const std::size_t size : {0UL, 1UL, most - 1, most, most + 1, 3 * most, 5 * most + 7}) {
    const std::string text = test::sample_bytes(size);
    for (const std::size_t piece_bytes : {512UL, most - 1, most, most + 1, 10 * most}) {
      Spool spool(directory.path());
      fill(spool, text, piece_bytes);
      EXPECT_EQ(spool.size_bytes(), size);
      EXPECT_EQ(spool.is_in_memory(), size <= most) << size;
      EXPECT_TRUE(text_of(spool) == text) << size << " in pieces of " << piece_bytes;
      EXPECT_TRUE(text_of(spool) == text) << "read again";
      EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
    }
  }
}

TEST(SpoolTest, ManyReadAtTheSameTime) {
  const test::TemporaryDirectory directory;
  const std::string text = test::sample_bytes(4 * most);
  Spool spool(directory.path());
  fill(spool, text, most / 3);
  std::vector<std::thread> readers;
  std::vector<char> is_right(4, 0);
  readers.reserve(is_right.size());
  for (char& right : is_right) {
    readers.emplace_back([&] { right = text_of(spool) == text ? 1 : 0; });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(is_right, std::vector<char>(4, 1));
}

/// Lets no file without a name be made, as on NFS.
void forbid_unnamed_files() {
  sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
                           BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
                           BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~O_DIRECTORY, 0, 1),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog filter{.len = std::size(program), .filter = program};
  ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
}

TEST(SpoolTest, GoesWithoutFilesThatNeverHadAName) {
  const test::TemporaryDirectory directory;
  test::in_child_process([&] {
    forbid_unnamed_files();
    ASSERT_LT(::open(directory.path().c_str(), O_TMPFILE | O_RDWR, 0600), 0);
    const std::string text = test::sample_bytes(2 * most);
    Spool spool(directory.path());
    fill(spool, text, most / 2);
    EXPECT_FALSE(spool.is_in_memory());
    EXPECT_TRUE(text_of(spool) == text);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  });
}

TEST(SpoolTest, SaysWhereItFoundNoRoom) {
  if (!test::can_mount()) GTEST_SKIP() << "needs the right to mount";
  const test::TemporaryDirectory directory;
  test::in_child_process([&] {
    ASSERT_TRUE(test::enter_mount_namespace());
    ASSERT_EQ(::mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=1m"), 0);
    Spool spool(directory.path());
    EXPECT_ERROR(no_space, directory.path().string(), fill(spool, std::string(3 * most, 'x'), 512));
  });
}

TEST(SpoolTest, NeedsTheDirectoryOnlyForWhatIsLarge) {
  const test::TemporaryDirectory directory;
  Spool small(directory / "missing");
  EXPECT_NO_THROW(fill(small, std::string(most, 'x'), most));
  Spool large(directory / "missing");
  EXPECT_ERROR(not_found, (directory / "missing").string(),
               fill(large, std::string(most + 1, 'x'), most));
  test::write_file(directory / "file", "");
  Spool wrong(directory / "file");
  EXPECT_TRUE(test::outcome_of([&] { fill(wrong, std::string(2 * most, 'x'), most); }).has_thrown);
}

}  // namespace
}  // namespace umoci::store
