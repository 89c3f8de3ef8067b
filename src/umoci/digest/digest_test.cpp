// SPDX-License-Identifier: Apache-2.0
#include <umoci/digest/digest.hpp>

#include <umoci/base/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace umoci::digest {
namespace {

const std::string hex64(64, 'a');
const std::string hex96(96, '0');
const std::string hex128(128, 'f');

void expect_invalid(const std::string& text, const std::string& why) {
  try {
    static_cast<void>(Digest::parse(text));
    ADD_FAILURE() << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    EXPECT_EQ(error.message(), "invalid digest: " + quoted(text) + ": " + why);
  }
  EXPECT_THROW(Digest(text).check(), Error);
  EXPECT_THROW(static_cast<void>(Digest(text).require_algorithm()), Error);
}

TEST(Digest, AcceptsKnownAlgorithms) {
  for (const auto& [text, algorithm] : std::vector<std::pair<std::string, Algorithm>>{
           {"sha256:" + hex64, Algorithm::sha256},
           {"sha384:" + hex96, Algorithm::sha384},
           {"sha512:" + hex128, Algorithm::sha512},
       }) {
    const Digest digest = Digest::parse(text);
    EXPECT_EQ(digest.text(), text);
    EXPECT_EQ(digest.algorithm(), algorithm);
    EXPECT_EQ(digest.require_algorithm(), algorithm);
    EXPECT_EQ(digest.algorithm_name(), name_of(algorithm));
    EXPECT_EQ(digest.encoded().size(), encoded_length(algorithm));
  }
}

TEST(Digest, KeepsUnknownAlgorithmsOpaque) {
  for (const std::string& text :
       {"blake3:" + hex64, std::string("sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564"),
        std::string("a.b_c-d+e:x="), std::string("multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDe"),
        std::string("md5:0"), std::string("0:A")}) {
    const Digest digest = Digest::parse(text);
    EXPECT_EQ(digest.algorithm(), std::nullopt);
    try {
      static_cast<void>(digest.require_algorithm());
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unsupported);
      EXPECT_THAT(error.what(), testing::HasSubstr("unsupported digest algorithm"));
    }
  }
}

TEST(Digest, RejectsBrokenGrammar) {
  using namespace std::string_literals;
  for (const std::string& text : {""s,
                                  ":"s,
                                  "sha256"s,
                                  "sha256:"s,
                                  ":" + hex64,
                                  "Sha256:" + hex64,
                                  "SHA256:" + hex64,
                                  "sha256 :" + hex64,
                                  "sha256: "s + hex64,
                                  "+sha:x"s,
                                  "sha+:x"s,
                                  "sha++b:x"s,
                                  "a..b:x"s,
                                  "..:x"s,
                                  "../a:x"s,
                                  "a/b:x"s,
                                  "a:../x"s,
                                  "a:x/y"s,
                                  "a:."s,
                                  "a:x.y"s,
                                  "a:x:y"s,
                                  "a:x\0"s,
                                  "a\0:x"s,
                                  "a:\xc3\xa4"s,
                                  "a:x\n"s,
                                  "sha256:../../etc/passwd"s}) {
    expect_invalid(text, "invalid checksum digest format");
  }
}

TEST(Digest, ChecksTheEncodingOfKnownAlgorithms) {
  for (const std::string& text : {"sha256:" + hex64 + "a", "sha256:" + hex64.substr(1),
                                  "sha384:" + hex64, "sha512:" + hex96, std::string("sha256:a")}) {
    expect_invalid(text, "invalid checksum digest length");
  }
  for (const char wrong : {'A', 'g', '=', '_', '-', 'Z'}) {
    expect_invalid("sha256:" + hex64.substr(1) + wrong, "invalid checksum digest format");
  }
}

TEST(Digest, KeepsAnyTextUntilChecked) {
  const Digest digest("no digest: at all");
  EXPECT_EQ(digest.text(), "no digest: at all");
  EXPECT_EQ(digest.algorithm_name(), "no digest");
  EXPECT_EQ(digest.encoded(), " at all");
  EXPECT_EQ(Digest("nodigest").algorithm_name(), "nodigest");
  EXPECT_EQ(Digest("nodigest").encoded(), "");
  EXPECT_TRUE(Digest().empty());
}

TEST(Digest, ComparesAsText) {
  EXPECT_EQ(Digest("a:b"), Digest("a:b"));
  EXPECT_NE(Digest("a:b"), Digest("a:B"));
  EXPECT_LT(Digest("a:b"), Digest("a:c"));
}

}  // namespace
}  // namespace umoci::digest
