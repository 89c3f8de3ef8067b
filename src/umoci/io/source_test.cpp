// SPDX-License-Identifier: Apache-2.0
#include <umoci/io/source.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/faulty.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>

namespace umoci::io {
namespace {

using test::ChunkedSource;
using test::FailingSource;

UniqueFd open_for_reading(const std::filesystem::path& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("pipe2");
    reader = UniqueFd(ends[0]);
    writer = UniqueFd(ends[1]);
  }
  UniqueFd reader;
  UniqueFd writer;
};

std::string numbered_text(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + " ";
  text.resize(size);
  return text;
}

TEST(BytesSource, LendsWhatIsLeft) {
  BytesSource source("abcdef");
  EXPECT_EQ(as_text(source.peek()), "abcdef");
  source.consume(2);
  EXPECT_EQ(as_text(source.peek()), "cdef");
  source.consume(4);
  EXPECT_TRUE(source.peek().empty());
}

TEST(Read, StopsAtTheEndOrWhenFull) {
  ChunkedSource source("abcdefg", 3);
  std::array<std::byte, 5> buffer{};
  EXPECT_EQ(read(source, buffer), 5U);
  EXPECT_EQ(as_text(buffer), "abcde");
  EXPECT_EQ(read(source, buffer), 2U);
  EXPECT_EQ(as_text(Bytes(buffer).first(2)), "fg");
  EXPECT_EQ(read(source, buffer), 0U);
}

TEST(Read, AsksForNothingWhenNothingIsWanted) {
  BytesSource text("abc");
  FailingSource source(text, 0);
  EXPECT_EQ(read(source, {}), 0U);
  EXPECT_EQ(skip(source, 0), 0U);
}

TEST(Skip, CountsWhatThereWas) {
  ChunkedSource source("abcdefg", 3);
  EXPECT_EQ(skip(source, 4), 4U);
  EXPECT_EQ(as_text(source.peek()), "efg");
  EXPECT_EQ(skip(source, 100), 3U);
}

TEST(Drain, CountsTheRest) {
  ChunkedSource source("abcdefg", 2);
  source.consume(1);
  EXPECT_EQ(drain(source), 6U);
  EXPECT_EQ(drain(source), 0U);
}

TEST(ReadAll, AcceptsExactlyTheLimit) {
  ChunkedSource source("abcdefg", 2);
  EXPECT_EQ(read_all(source, 7), "abcdefg");
  ChunkedSource long_source("abcdefg", 2);
  try {
    static_cast<void>(read_all(long_source, 6));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::limit_exceeded);
    EXPECT_STREQ(error.what(), "more than 6 bytes");
  }
}

TEST(ReadAll, AcceptsNothing) {
  BytesSource source("");
  EXPECT_EQ(read_all(source, 0), "");
}

TEST(FileSource, ReadsAFileWhateverTheChunkSize) {
  const test::TemporaryDirectory directory;
  const std::string text = numbered_text(700'001);
  test::write_file(directory / "file", text);
  for (const std::size_t chunk_bytes :
       {std::size_t{0}, std::size_t{1000}, std::size_t{700'001}, std::size_t{1} << 20U}) {
    FileSource source(open_for_reading(directory / "file"), chunk_bytes);
    if (chunk_bytes == 0) {
      EXPECT_EQ(source.peek().size(), 1U);
      continue;
    }
    EXPECT_EQ(read_all(source, text.size()), text);
  }
}

TEST(FileSource, StartsAtTheDescriptorsPosition) {
  const test::TemporaryDirectory directory;
  test::write_file(directory / "file", "abcdef");
  UniqueFd fd = open_for_reading(directory / "file");
  ASSERT_EQ(::lseek(fd.get(), 4, SEEK_SET), 4);
  FileSource source(std::move(fd));
  EXPECT_EQ(read_all(source, 10), "ef");
}

TEST(FileSource, PeekIsStableUntilConsumed) {
  const test::TemporaryDirectory directory;
  test::write_file(directory / "file", "abcdef");
  FileSource source(open_for_reading(directory / "file"), 4);
  EXPECT_EQ(as_text(source.peek()), "abcd");
  EXPECT_EQ(as_text(source.peek()), "abcd");
  source.consume(3);
  EXPECT_EQ(as_text(source.peek()), "d");
  source.consume(1);
  EXPECT_EQ(as_text(source.peek()), "ef");
}

TEST(FileSource, ReadsWhatAPipeDeliversAndWaitsForMore) {
  for (const int flags : {0, O_NONBLOCK}) {
    Pipe pipe;
    ASSERT_EQ(::fcntl(pipe.reader.get(), F_SETFL, flags), 0);
    std::thread writer([fd = std::move(pipe.writer)] {
      for (const char* word : {"one ", "two ", "three"}) {
        ::usleep(2000);
        if (::write(fd.get(), word, std::strlen(word)) < 0) return;
      }
    });
    FileSource source(std::move(pipe.reader));
    EXPECT_EQ(read_all(source, 100), "one two three");
    writer.join();
  }
}

TEST(FileSource, SurvivesSignals) {
  struct sigaction action{};
  action.sa_handler = [](int) {};  // without SA_RESTART: read() answers EINTR
  struct sigaction before{};
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  Pipe pipe;
  std::thread disturber([reader = ::pthread_self(), fd = std::move(pipe.writer)] {
    for (int i = 0; i < 20; ++i) {
      ::usleep(1000);
      ::pthread_kill(reader, SIGUSR1);
    }
    if (::write(fd.get(), "done", 4) != 4) return;
  });
  FileSource source(std::move(pipe.reader));
  EXPECT_EQ(read_all(source, 100), "done");
  disturber.join();
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST(FileSource, ReportsReadErrors) {
  FileSource source(UniqueFd(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  try {
    static_cast<void>(source.peek());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_EQ(error.code().value(), EISDIR);
  }
}

TEST(LimitedSource, EndsAtTheLimitWithoutTouchingTheRest) {
  BytesSource text("abcdef");
  FailingSource upstream(text, 4);
  LimitedSource source(upstream, 4);
  EXPECT_EQ(as_text(source.peek()), "abcd");
  source.consume(3);
  EXPECT_EQ(source.rest_bytes(), 1U);
  EXPECT_EQ(as_text(source.peek()), "d");
  source.consume(1);
  EXPECT_TRUE(source.peek().empty());
}

TEST(LimitedSource, EndsEarlyWithUpstream) {
  BytesSource upstream("abc");
  LimitedSource source(upstream, 10);
  EXPECT_EQ(read_all(source, 100), "abc");
  EXPECT_EQ(source.rest_bytes(), 7U);
}

TEST(TestSupport, TemporaryDirectoryVanishesWithItsContent) {
  std::filesystem::path path;
  {
    const test::TemporaryDirectory directory;
    path = directory.path();
    std::filesystem::create_directories(directory / "a/b/c/d");
    test::write_file(directory / "a/b/file", "");
    std::filesystem::create_symlink("/", directory / "a/root");
    UniqueFd level(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int depth = 0; depth < 200; ++depth) {
      ASSERT_EQ(::mkdirat(level.get(), "deep", 0700), 0);
      level = UniqueFd(::openat(level.get(), "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    std::filesystem::permissions(directory / "a/b/c", std::filesystem::perms::none);
    std::filesystem::permissions(directory / "a", std::filesystem::perms::none);
  }
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(path)));
}

TEST(TestSupport, RunProgramGivesStatusAndStreams) {
  const auto result = test::run_program({"sh", "-c", "cat; echo oops >&2; exit 3"}, "input");
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "input");
  EXPECT_EQ(result.err, "oops\n");
  EXPECT_EQ(test::run_program({"sh", "-c", "kill -9 $$"}).status, 137);
  EXPECT_EQ(test::run_program({"no-such-program-here"}).status, 127);
  EXPECT_TRUE(test::has_program("sh"));
  EXPECT_FALSE(test::has_program("no-such-program-here"));
}

}  // namespace
}  // namespace umoci::io
