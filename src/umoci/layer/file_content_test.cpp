// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/file_content.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>

#include <umoci_test/faulty.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace umoci::layer {
namespace {

using umoci::test::ChunkedSource;
using umoci::test::FailingSource;

struct Written {
  std::string content;
  std::uint64_t allocated_bytes = 0;
  std::string digest;
};

Written write(const std::string& content, std::size_t chunk_bytes, bool sparse) {
  const umoci::test::TemporaryDirectory directory;
  const std::string path = directory / "f";
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT, 0600));
  tree::Entry entry = test::file("f", content).entry;
  entry.hole_bytes = sparse ? content.size() : 0;
  ChunkedSource source(content, chunk_bytes);
  digest::Hasher hasher;
  write_content(entry, source, fd.get(), &hasher);
  struct stat status{};
  EXPECT_EQ(::fstat(fd.get(), &status), 0);
  return {umoci::test::read_file(path), static_cast<std::uint64_t>(status.st_blocks) * 512,
          hasher.finish().text()};
}

TEST(FileContent, IsWrittenAndHashed) {
  const Written written = write("hello", 2, false);
  EXPECT_EQ(written.content, "hello");
  EXPECT_EQ(written.digest,
            "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

TEST(FileContent, LeavesHolesInSparseFilesOnly) {
  std::string content(1U << 20U, '\0');
  EXPECT_GE(write(content, 70000, false).allocated_bytes, content.size());
  const Written zeros = write(content, 70000, true);
  EXPECT_EQ(zeros.content, content);
  EXPECT_EQ(zeros.allocated_bytes, 0U);

  content[500000] = 'x';
  const Written dotted = write(content, 70000, true);
  EXPECT_EQ(dotted.content, content);
  EXPECT_LE(dotted.allocated_bytes, 65536U);
  EXPECT_EQ(dotted.digest, digest::digest_of(content).text());
}

RC_GTEST_PROP(FileContent, SurvivesHolesAnywhere, ()) {
  std::string content;
  const auto runs = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9000));
  for (std::size_t i = 0; i < runs.size(); ++i)
    content.append(static_cast<std::size_t>(runs[i]), i % 2 == 0 ? '\0' : 'x');
  const auto chunk_bytes = static_cast<std::size_t>(*rc::gen::inRange(1, 10000));
  const Written written = write(content, chunk_bytes, true);
  RC_ASSERT(written.content == content);
  RC_ASSERT(written.digest == digest::digest_of(content).text());
}

TEST(FileContent, MustHaveTheSizeOfTheEntry) {
  const umoci::test::TemporaryDirectory directory;
  const UniqueFd fd(::open((directory / "f").c_str(), O_RDWR | O_CREAT, 0600));
  tree::Entry entry = test::file("f", "abc").entry;
  for (const std::string_view content : {"", "ab", "abcd"}) {
    ChunkedSource source(content, 2);
    EXPECT_THROW(write_content(entry, source, fd.get(), nullptr), Error) << content;
  }
}

TEST(FileContent, PassesReadErrorsOn) {
  const umoci::test::TemporaryDirectory directory;
  const UniqueFd fd(::open((directory / "f").c_str(), O_RDWR | O_CREAT, 0600));
  tree::Entry entry = test::file("f", "abc").entry;
  io::BytesSource bytes("abc");
  FailingSource source(bytes, 2, ErrorKind::corrupt);
  try {
    write_content(entry, source, fd.get(), nullptr);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  }
}

TEST(FileContent, AFullDiskIsToldFromOtherErrors) {
  const UniqueFd full(::open("/dev/full", O_RDWR));
  if (!full) GTEST_SKIP() << "no /dev/full";
  io::BytesSource source("abc");
  try {
    write_content(test::file("f", "abc").entry, source, full.get(), nullptr);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::no_space);
  }
}

}  // namespace
}  // namespace umoci::layer
