// SPDX-License-Identifier: Apache-2.0
#include <umoci/io/stage.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/faulty.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <new>
#include <random>
#include <thread>

namespace umoci::io {
namespace {

std::string numbers(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + " ";
  text.resize(size);
  return text;
}

/// Endless zeros; counts what was taken, on whatever thread.
class EndlessSource final : public Source {
 public:
  [[nodiscard]] Bytes peek() override { return std::as_bytes(std::span(zeros_)); }
  void consume(std::size_t count) override { taken_ += count; }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

 private:
  std::string zeros_ = std::string(10'000, '\0');
  std::atomic<std::uint64_t> taken_ = 0;
};

/// Gives one byte at a time, each only when allowed to.
class GatedSource final : public Source {
 public:
  [[nodiscard]] Bytes peek() override {
    while (given_ == allowed_) std::this_thread::yield();
    return as_bytes("x");
  }
  void consume(std::size_t) override { ++given_; }
  void allow_one() { ++allowed_; }
  void open() { allowed_ = std::numeric_limits<int>::max(); }

 private:
  int given_ = 0;
  std::atomic<int> allowed_ = 0;
};

TEST(ReadAhead, DeliversTheSameBytes) {
  const std::string text = numbers(1'500'000);
  for (const std::size_t budget_bytes :
       {std::size_t{0}, std::size_t{3}, std::size_t{10'000}, std::size_t{4} << 20U}) {
    const std::string_view part =
        std::string_view(text).substr(0, budget_bytes < 100 ? 500 : text.size());
    for (const std::size_t chunk_bytes :
         {std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20U}) {
      test::ChunkedSource upstream(part, chunk_bytes);
      ReadAhead source(upstream, budget_bytes);
      EXPECT_EQ(read_all(source, part.size()), part);
      EXPECT_TRUE(source.peek().empty());
      EXPECT_TRUE(source.peek().empty());
    }
  }
}

TEST(ReadAhead, SurvivesArbitraryStepsOfItsReader) {
  const std::string text = numbers(2'000'000);
  std::mt19937 random(7);
  for (int round = 0; round < 5; ++round) {
    test::ChunkedSource upstream(text, 1 + random() % 50'000);
    ReadAhead source(upstream, 1 + random() % 500'000);
    std::string seen;
    for (Bytes bytes = source.peek(); !bytes.empty(); bytes = source.peek()) {
      EXPECT_EQ(source.peek().data(), bytes.data());
      EXPECT_EQ(source.peek().size(), bytes.size());
      const std::size_t step = random() % (bytes.size() + 1);
      seen += as_text(bytes.first(step));
      source.consume(step);
    }
    EXPECT_EQ(seen, text);
  }
}

TEST(ReadAhead, AcceptsAnEmptyStream) {
  BytesSource upstream("");
  ReadAhead source(upstream);
  EXPECT_TRUE(source.peek().empty());
}

TEST(ReadAhead, ReadsAheadWithinItsBudget) {
  constexpr std::size_t budget_bytes = 1'000'000;
  EndlessSource upstream;
  ReadAhead source(upstream, budget_bytes);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (upstream.taken() < budget_bytes && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(upstream.taken(), budget_bytes);

  EXPECT_EQ(skip(source, 300'000), 300'000U);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LE(upstream.taken(), budget_bytes + 300'000U);
}

TEST(ReadAhead, DeliversBytesAsSoonAsTheyAreThere) {
  GatedSource upstream;
  {
    ReadAhead source(upstream);
    for (int i = 0; i < 100; ++i) {
      upstream.allow_one();
      EXPECT_EQ(as_text(source.peek()), "x");
      source.consume(1);
    }
    upstream.open();  // the destructor waits for the read that is under way
  }
}

TEST(ReadAhead, StopsEarly) {
  for (int round = 0; round < 50; ++round) {
    EndlessSource upstream;
    ReadAhead source(upstream);
    if (round % 2 == 0) skip(source, static_cast<std::uint64_t>(round) * 1000);
  }
}

TEST(ReadAhead, RethrowsAfterTheGoodBytes) {
  const std::string text = numbers(700'000);
  BytesSource bytes(text);
  test::FailingSource upstream(bytes, 600'000, ErrorKind::corrupt);
  ReadAhead source(upstream);
  std::string good(600'000, '\0');
  EXPECT_EQ(read(source, std::as_writable_bytes(std::span(good))), good.size());
  EXPECT_EQ(good, text.substr(0, good.size()));
  for (int i = 0; i < 3; ++i) {
    try {
      in_context([] { return std::string("frame"); }, [&] { static_cast<void>(source.peek()); });
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt);
      EXPECT_STREQ(error.what(), "frame: injected read error");
    }
  }
}

TEST(ReadAhead, CarriesAnyException) {
  class Exhausted final : public Source {
    [[nodiscard]] Bytes peek() override { throw std::bad_alloc(); }
    void consume(std::size_t) override {}
  } upstream;
  ReadAhead source(upstream);
  EXPECT_THROW(static_cast<void>(source.peek()), std::bad_alloc);
}

TEST(ReadAhead, ForgetsAnErrorNobodyAskedFor) {
  BytesSource bytes("");
  test::FailingSource upstream(bytes, 0);
  for (int round = 0; round < 20; ++round) const ReadAhead source(upstream);
}

TEST(ReadAhead, CanBeStacked) {
  const std::string text = numbers(1'000'000);
  BytesSource bytes(text);
  ReadAhead first(bytes, 100'000);
  ReadAhead second(first, 50'000);
  EXPECT_EQ(read_all(second, text.size()), text);
}

}  // namespace
}  // namespace umoci::io
