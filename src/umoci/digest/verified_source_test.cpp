// SPDX-License-Identifier: Apache-2.0
#include <umoci/digest/verified_source.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/faulty.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

namespace umoci::digest {
namespace {

using testing::HasSubstr;

const std::string content = [] {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::to_string(i * i) + "\n";
  return text;
}();

enum class Stream { exact, cut, extended, flipped, flipped_and_extended };
enum class Use { all, nothing, some, invalid_data, corrupt, no_space, limit, bad_alloc };
enum class Knowledge { digest_and_size, digest_only };
enum class Outcome { accepted, digest_mismatch, size_mismatch, own_error };

std::string bytes_of(Stream stream) {
  std::string bytes = content;
  if (stream == Stream::cut) bytes.resize(bytes.size() - 1);
  if (stream == Stream::extended || stream == Stream::flipped_and_extended) bytes += '\0';
  if (stream == Stream::flipped || stream == Stream::flipped_and_extended) bytes.back() ^= 1;
  if (stream == Stream::flipped_and_extended) bytes[bytes.size() / 2] ^= 1;
  return bytes;
}

Expected expectation(Knowledge knowledge) {
  Expected expected{.digest = digest_of(content), .size_bytes = {}};
  if (knowledge == Knowledge::digest_and_size) expected.size_bytes = content.size();
  return expected;
}

void use_bytes(Use use, io::Source& source) {
  if (use == Use::all) {
    EXPECT_LE(io::drain(source), content.size() + 1);
    return;
  }
  if (use != Use::nothing) io::skip(source, 1234);
  switch (use) {
    case Use::invalid_data:
      throw Error(ErrorKind::invalid_data, "own error");
    case Use::corrupt:
      throw Error(ErrorKind::corrupt, "own error");
    case Use::no_space:
      throw Error(ErrorKind::no_space, "own error");
    case Use::limit:
      throw Error(ErrorKind::limit_exceeded, "own error");
    case Use::bad_alloc:
      throw std::bad_alloc();
    default:
      break;
  }
}

bool blames_the_bytes(Use use) { return use == Use::invalid_data || use == Use::corrupt; }
bool gives_up(Use use) {
  return use == Use::no_space || use == Use::limit || use == Use::bad_alloc;
}

Outcome expected_outcome(Stream stream, Use use, Knowledge knowledge) {
  if (gives_up(use)) return Outcome::own_error;
  if (stream == Stream::exact) {
    return blames_the_bytes(use) ? Outcome::own_error : Outcome::accepted;
  }
  if (stream == Stream::extended && knowledge == Knowledge::digest_and_size) {
    return Outcome::size_mismatch;
  }
  return Outcome::digest_mismatch;
}

Outcome outcome_of(const std::function<void()>& fn) {
  try {
    fn();
  } catch (const Error& error) {
    const std::string_view text = error.what();
    if (text == "own error") return Outcome::own_error;
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    if (text.ends_with("verified reader digest mismatch")) return Outcome::digest_mismatch;
    if (text.ends_with("verified reader size mismatch")) return Outcome::size_mismatch;
    ADD_FAILURE() << text;
  } catch (const std::bad_alloc&) {
    return Outcome::own_error;
  }
  return Outcome::accepted;
}

class ReadVerified : public testing::TestWithParam<std::tuple<Stream, Use, Knowledge>> {};

TEST_P(ReadVerified, AcceptsOnlyWhatWasPromised) {
  const auto [stream, use, knowledge] = GetParam();
  const std::string bytes = bytes_of(stream);
  for (const std::size_t chunk_bytes : {std::size_t{1}, std::size_t{1000}, bytes.size()}) {
    test::ChunkedSource source(bytes, chunk_bytes);
    const Expected expected = expectation(knowledge);
    EXPECT_EQ(outcome_of([&] {
                read_verified(source, expected,
                              [use = use](io::Source& lent) { use_bytes(use, lent); });
              }),
              expected_outcome(stream, use, knowledge));
    // Errors that the bytes cannot be blamed for are passed on without reading the rest.
    if (gives_up(use)) {
      EXPECT_EQ(io::drain(source), bytes.size() - 1234);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    EveryCombination, ReadVerified,
    testing::Combine(testing::Values(Stream::exact, Stream::cut, Stream::extended, Stream::flipped,
                                     Stream::flipped_and_extended),
                     testing::Values(Use::all, Use::nothing, Use::some, Use::invalid_data,
                                     Use::corrupt, Use::no_space, Use::limit, Use::bad_alloc),
                     testing::Values(Knowledge::digest_and_size, Knowledge::digest_only)));

TEST(VerifiedSource, LendsExactlyTheExpectedBytes) {
  const std::string bytes = content + "more";
  io::BytesSource source(bytes);
  std::string seen;
  EXPECT_EQ(outcome_of([&] {
              read_verified(source, expectation(Knowledge::digest_and_size),
                            [&](io::Source& lent) { seen = io::read_all(lent, 1U << 20U); });
            }),
            Outcome::size_mismatch);
  EXPECT_EQ(seen, content);
  // The one byte probed for is not even consumed.
  EXPECT_EQ(io::drain(source), 4U);
}

TEST(VerifiedSource, TellsWhatItExpectedAndGot) {
  const auto message = [](std::string_view bytes, const Expected& expected) {
    try {
      io::BytesSource source(bytes);
      read_verified(source, expected, [](io::Source&) {});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message("abd", {.digest = digest_of("abc"), .size_bytes = 3}),
            "expected " + digest_of("abc").text() + " not " + digest_of("abd").text() +
                ": verified reader digest mismatch");
  EXPECT_EQ(message("abc", {.digest = digest_of("abc"), .size_bytes = 7}),
            "expected 7 bytes (only 3 bytes in stream): verified reader size mismatch");
  EXPECT_EQ(message("abcd", {.digest = digest_of("abc"), .size_bytes = 3}),
            "expected 3 bytes (extra bytes in stream): verified reader size mismatch");
  EXPECT_EQ(message("", {.digest = digest_of(""), .size_bytes = 0}), "");
  EXPECT_EQ(message("x", {.digest = digest_of(""), .size_bytes = 0}),
            "expected 0 bytes (extra bytes in stream): verified reader size mismatch");
}

TEST(VerifiedSource, HashesWithTheDigestsOwnAlgorithm) {
  for (const Algorithm algorithm : {Algorithm::sha384, Algorithm::sha512}) {
    io::BytesSource source(content);
    EXPECT_NO_THROW(read_verified(source,
                                  {.digest = digest_of(content, algorithm), .size_bytes = {}},
                                  [](io::Source& lent) { io::skip(lent, 10); }));
  }
}

TEST(VerifiedSource, RefusesUncheckableDigestsBeforeReading) {
  for (const auto& [text, kind] : std::vector<std::pair<std::string, ErrorKind>>{
           {"blake3:" + std::string(64, '0'), ErrorKind::unsupported},
           {"sha256:123", ErrorKind::invalid_data},
           {"", ErrorKind::invalid_data},
       }) {
    io::BytesSource nothing("");
    test::FailingSource source(nothing, 0);
    bool called = false;
    try {
      read_verified(source, {.digest = Digest(text), .size_bytes = 0},
                    [&](io::Source&) { called = true; });
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind);
    }
    EXPECT_FALSE(called);
  }
}

/// What a decoder would do with a damaged stream: complain as soon as it sees the damage.
class ComplainingSource final : public io::Source {
 public:
  explicit ComplainingSource(io::Source& upstream) : upstream_(upstream) {}
  [[nodiscard]] io::Bytes peek() override {
    const io::Bytes chunk = upstream_.peek();
    if (io::as_text(chunk).find('!') != std::string_view::npos) {
      throw Error(ErrorKind::invalid_data, "own error");
    }
    return chunk;
  }
  void consume(std::size_t count) override { upstream_.consume(count); }

 private:
  io::Source& upstream_;
};

TEST(VerifiedSource, OuterVerificationErrorWinsOverInnerOnes) {
  std::string damaged = content;
  damaged[500] = '!';
  const auto run = [&](const Digest& outer, const Digest& inner, Use use) {
    test::ChunkedSource file(damaged, 100);
    return outcome_of([&] {
      read_verified(file, {.digest = outer, .size_bytes = damaged.size()}, [&](io::Source& blob) {
        ComplainingSource decoder(blob);
        read_verified(decoder, {.digest = inner, .size_bytes = {}},
                      [&](io::Source& plain) { use_bytes(use, plain); });
      });
    });
  };
  const Digest right = digest_of(damaged);
  const Digest wrong = digest_of(content);
  for (const Use use : {Use::all, Use::nothing, Use::some}) {
    EXPECT_EQ(run(wrong, right, use), Outcome::digest_mismatch);
    EXPECT_EQ(run(right, right, use), Outcome::own_error);
  }
}

TEST(VerifiedSource, OuterVerificationErrorWinsOverInnerMismatch) {
  test::ChunkedSource file(content, 100);
  try {
    read_verified(file, {.digest = digest_of("outer"), .size_bytes = {}}, [](io::Source& blob) {
      read_verified(blob, {.digest = digest_of("inner"), .size_bytes = {}},
                    [](io::Source&) { throw Error(ErrorKind::invalid_data, "own error"); });
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(digest_of("outer").text()));
  }
}

TEST(VerifiedSource, ReadErrorsArePassedOn) {
  for (const Use use : {Use::all, Use::nothing, Use::invalid_data}) {
    io::BytesSource bytes(content);
    test::FailingSource source(bytes, 2000, ErrorKind::io);
    try {
      read_verified(source, expectation(Knowledge::digest_and_size),
                    [&](io::Source& lent) { use_bytes(use, lent); });
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::io);
    }
  }
}

TEST(VerifiedSource, ABombBehindTheDamageDoesNotHideIt) {
  io::BytesSource bytes(content);
  test::FailingSource source(bytes, 2000, ErrorKind::limit_exceeded);
  EXPECT_EQ(outcome_of([&] {
              read_verified(source, expectation(Knowledge::digest_only),
                            [](io::Source& lent) { use_bytes(Use::invalid_data, lent); });
            }),
            Outcome::own_error);
}

}  // namespace
}  // namespace umoci::digest
