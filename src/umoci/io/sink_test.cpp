// SPDX-License-Identifier: Apache-2.0
#include <umoci/io/sink.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/faulty.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace umoci::io {
namespace {

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

ErrorKind kind_of_write(int fd, std::string_view text) {
  FileSink sink(fd);
  try {
    sink.write(as_bytes(text));
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::internal;
}

TEST(BytesSink, Collects) {
  BytesSink sink;
  sink.write(as_bytes("ab"));
  sink.write({});
  sink.write(as_bytes("c"));
  sink.finish();
  EXPECT_EQ(sink.bytes(), "abc");
}

TEST(Copy, CopiesAllAndCounts) {
  const std::string text = pattern(10'000);
  test::ChunkedSource source(text, 333);
  BytesSink sink;
  EXPECT_EQ(copy(source, sink), text.size());
  EXPECT_EQ(sink.bytes(), text);
}

TEST(Copy, PassesOnTheErrorsOfBothSides) {
  const std::string text = pattern(100);
  BytesSource good(text);
  test::FailingSource bad(good, 60);
  BytesSink sink;
  EXPECT_THROW(copy(bad, sink), Error);
  EXPECT_EQ(sink.bytes(), text.substr(0, 60));

  BytesSource source(text);
  BytesSink partial;
  test::FullSink full(partial, 42);
  EXPECT_THROW(copy(source, full), Error);
  EXPECT_EQ(partial.bytes(), text.substr(0, 42));
}

TEST(FileSink, WritesAFile) {
  const test::TemporaryDirectory directory;
  const std::string text = pattern(300'000);
  UniqueFd fd(::open((directory / "file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  FileSink sink(fd.get());
  sink.write(as_bytes(text));
  sink.write({});
  sink.write(as_bytes("end"));
  sink.finish();
  fd.close();
  EXPECT_EQ(test::read_file(directory / "file"), text + "end");
}

/// A pipe takes part of a write when it is full and non-blocking, or when a signal comes.
TEST(FileSink, FinishesShortWrites) {
  struct sigaction action{};
  action.sa_handler = [](int) {};
  struct sigaction before{};
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  const std::string text = pattern(1'000'000);
  for (const int flags : {0, O_NONBLOCK}) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    ASSERT_EQ(::fcntl(writer.get(), F_SETFL, flags), 0);
    std::string received;
    std::thread slow([&, main = ::pthread_self()] {
      std::array<char, 50'000> buffer{};
      for (;;) {
        ::usleep(300);
        ::pthread_kill(main, SIGUSR1);
        const ssize_t count = ::read(reader.get(), buffer.data(), buffer.size());
        if (count <= 0) return;
        received.append(buffer.data(), static_cast<std::size_t>(count));
      }
    });
    FileSink sink(writer.get());
    sink.write(as_bytes(text));
    writer.close();
    slow.join();
    EXPECT_EQ(received, text);
  }
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST(FileSink, TellsAFullDiskFromOtherErrors) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  EXPECT_EQ(kind_of_write(full.get(), "x"), ErrorKind::no_space);
  const UniqueFd read_only(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(kind_of_write(read_only.get(), "x"), ErrorKind::io);
}

}  // namespace
}  // namespace umoci::io
