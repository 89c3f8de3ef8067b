// SPDX-License-Identifier: Apache-2.0
#include <umoci/digest/checksum.hpp>

#include <gtest/gtest.h>
#include <umoci_test/run_program.hpp>

#include <map>
#include <string>
#include <string_view>

namespace umoci::digest {
namespace {

std::string checksum_of(ChecksumKind kind, std::string_view text) {
  Checksum checksum(kind);
  // In two pieces: it must not matter.
  checksum.update(io::as_bytes(text.substr(0, text.size() / 3)));
  checksum.update(io::as_bytes(text.substr(text.size() / 3)));
  return checksum.finish();
}

// Second opinions: coreutils.
TEST(Checksum, AgreesWithAnotherProgram) {
  const std::map<ChecksumKind, std::string> programs{
      {ChecksumKind::cksum, "cksum"},      {ChecksumKind::md5, "md5sum"},
      {ChecksumKind::sha1, "sha1sum"},     {ChecksumKind::sha256, "sha256sum"},
      {ChecksumKind::sha384, "sha384sum"}, {ChecksumKind::sha512, "sha512sum"}};
  for (const auto& [kind, program] : programs) {
    for (const std::size_t size : {0U, 1U, 255U, 256U, 100'000U}) {
      std::string content;
      for (std::size_t i = 0; i < size; ++i) content += static_cast<char>(i * 7919U >> 3U);
      const auto printed = test::run_program({program}, content);
      ASSERT_EQ(printed.status, 0) << printed.err;
      const std::string word = printed.out.substr(0, printed.out.find(' '));
      EXPECT_EQ(checksum_of(kind, content), word) << program << " of " << size << " bytes";
    }
  }
}

// What is in the documents that define them.
TEST(Checksum, GivesTheKnownAnswers) {
  EXPECT_EQ(checksum_of(ChecksumKind::ripemd160, "abc"),
            "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
  EXPECT_EQ(checksum_of(ChecksumKind::sha512_256, "abc"),
            "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
}

}  // namespace
}  // namespace umoci::digest
