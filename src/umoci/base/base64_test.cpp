// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/base64.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

namespace umoci {
namespace {

TEST(Base64, FollowsTheVectorsOfTheStandard) {
  // RFC 4648 10
  const std::array<std::pair<std::string_view, std::string_view>, 7> vectors{{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  }};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(format_base64(bytes), text);
    EXPECT_EQ(parse_base64(text), bytes);
  }
  EXPECT_EQ(format_base64("\xfb\xff\xfe"), "+//+");
}

TEST(Base64, TakesNothingElse) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v====", "Zg==Zg==",
                           "Zm=v", "-__-", "Zm9v\n", "Zm 9v", " Zg==", "Zh==", "Zm9="}) {
    EXPECT_FALSE(parse_base64(text)) << text;
  }
}

RC_GTEST_PROP(Base64, Inverts, (const std::string& bytes)) {
  RC_ASSERT(parse_base64(format_base64(bytes)) == bytes);
}

}  // namespace
}  // namespace umoci
