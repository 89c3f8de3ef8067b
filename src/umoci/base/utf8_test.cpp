// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/utf8.hpp>

#include <gtest/gtest.h>

#include <string>

namespace umoci {
namespace {

using namespace std::string_literals;

/// The textbook encoding, without any check.
std::string encode(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { return byte(0x80U | ((code >> shift) & 0x3fU)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xc0U | (code >> 6U)), tail(0)};
  if (code < 0x10000) return {byte(0xe0U | (code >> 12U)), tail(6), tail(0)};
  return {byte(0xf0U | (code >> 18U)), tail(12), tail(6), tail(0)};
}

TEST(Utf8, KnowsEveryCodePoint) {
  for (std::uint32_t code = 0; code < 0x200000; ++code) {
    const std::string text = encode(code);
    const bool valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    if (utf8_length(text + "x") != (valid ? text.size() : 0)) {
      FAIL() << std::hex << code;
    }
    if (is_utf8(text) != valid) FAIL() << std::hex << code;
    if (valid && utf8_decode(text) != code) FAIL() << std::hex << code;
  }
}

TEST(Utf8, RejectsOverlongForms) {
  for (const std::string& text :
       {"\xc0\x80"s, "\xc1\xbf"s, "\xe0\x80\x80"s, "\xe0\x9f\xbf"s, "\xf0\x80\x80\x80"s,
        "\xf0\x8f\xbf\xbf"s, "\xf8\x88\x80\x80\x80"s, "\xfe"s, "\xff"s}) {
    EXPECT_EQ(utf8_length(text), 0U);
    EXPECT_FALSE(is_utf8("a" + text));
  }
}

TEST(Utf8, RejectsCutAndStraySequences) {
  for (const std::string& text : {"ä"s, "漢"s, "🙂"s}) {
    for (std::size_t length = 1; length < text.size(); ++length) {
      EXPECT_EQ(utf8_length(text.substr(0, length)), 0U);
      EXPECT_EQ(utf8_length(text.substr(0, length) + "a"), 0U);
      EXPECT_EQ(utf8_length(text.substr(length)), 0U);
    }
  }
}

TEST(Utf8, AcceptsEmptyTextAndNul) {
  EXPECT_EQ(utf8_length(""), 0U);
  EXPECT_TRUE(is_utf8(""));
  EXPECT_EQ(utf8_length("\0"s), 1U);
}

}  // namespace
}  // namespace umoci
