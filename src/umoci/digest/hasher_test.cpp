// SPDX-License-Identifier: Apache-2.0
#include <umoci/digest/hasher.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/faulty.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <thread>
#include <vector>

namespace umoci::digest {
namespace {

struct Vector {
  std::string message;
  std::string sha256;
  std::string sha384;
  std::string sha512;
};

/// The examples published with FIPS 180-2 and, for the empty message, by NIST's test programme.
std::vector<Vector> fips_vectors() {
  return {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
       "274edebfe76f65fbd51ad2f14898b95b",
       "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
       "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
       "8086072ba1e7cc2358baeca134c825a7",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
       "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6"
       "b0455a8520bc4e6f5fe95b1fe3c8452b",
       "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
       "96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
       "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b"
       "07b8b3dc38ecc4ebae97ddd87f3d8985",
       "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
       "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"},
  };
}

TEST(Hasher, AgreesWithPublishedVectors) {
  for (const Vector& vector : fips_vectors()) {
    EXPECT_EQ(digest_of(vector.message).text(), "sha256:" + vector.sha256);
    EXPECT_EQ(digest_of(vector.message, Algorithm::sha384).text(), "sha384:" + vector.sha384);
    EXPECT_EQ(digest_of(vector.message, Algorithm::sha512).text(), "sha512:" + vector.sha512);
  }
}

TEST(Hasher, StartsAnewAfterFinish) {
  Hasher hasher;
  for (const Vector& vector : fips_vectors()) {
    hasher.update(io::as_bytes(vector.message));
    EXPECT_EQ(hasher.finish().encoded(), vector.sha256);
  }
}

TEST(Hasher, KeepsItsStateWhenMoved) {
  Hasher first;
  first.update(io::as_bytes("a"));
  Hasher second = std::move(first);
  second.update(io::as_bytes("b"));
  Hasher third(Algorithm::sha512);
  third = std::move(second);
  third.update(io::as_bytes("c"));
  EXPECT_EQ(third.finish(), digest_of("abc"));
}

TEST(Hasher, WorksOnManyThreads) {
  std::vector<std::thread> threads;
  std::vector<Digest> digests(8);
  for (Digest& digest : digests) {
    threads.emplace_back([&digest] { digest = digest_of("abc", Algorithm::sha384); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Digest& digest : digests) EXPECT_EQ(digest.encoded(), fips_vectors()[1].sha384);
}

RC_GTEST_PROP(Hasher, DoesNotDependOnThePieces, (const std::vector<std::string>& pieces)) {
  Hasher hasher;
  std::string whole;
  for (const std::string& piece : pieces) {
    hasher.update(io::as_bytes(piece));
    whole += piece;
  }
  RC_ASSERT(hasher.finish() == digest_of(whole));
}

TEST(DigestSink, HashesAndCountsWhatPasses) {
  io::BytesSink bytes;
  DigestSink sink(bytes, Algorithm::sha512);
  sink.write(io::as_bytes("ab"));
  sink.write({});
  sink.write(io::as_bytes("c"));
  sink.finish();
  EXPECT_EQ(bytes.bytes(), "abc");
  EXPECT_EQ(sink.digest(), digest_of("abc", Algorithm::sha512));
  EXPECT_EQ(sink.size_bytes(), 3U);
}

TEST(DigestSink, LeavesFinishingDownstreamToItsOwner) {
  test::UnfinishableSink downstream;
  DigestSink sink(downstream);
  EXPECT_NO_THROW(sink.finish());
  EXPECT_EQ(sink.digest(), digest_of(""));
}

TEST(DigestSink, PassesErrorsOn) {
  io::BytesSink bytes;
  test::FullSink full(bytes, 1);
  DigestSink sink(full);
  EXPECT_THROW(sink.write(io::as_bytes("abc")), Error);
}

}  // namespace
}  // namespace umoci::digest
