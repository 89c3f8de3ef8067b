// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/base64.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace umoci::mtree {
namespace {

TEST(Base64, AgreesWithTheRfc) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xfb\xff\xbf", "+/+/"},
  };
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(unbase64(text), bytes);
  }
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====",
                                      "==", "Zm9v\n", "Zm 9", "_-_-"}) {
    EXPECT_FALSE(unbase64(text)) << text;
  }
}

TEST(Base64, DecodesToTheSameBytes) {
  EXPECT_TRUE(
      rc::check([](const std::string& bytes) { RC_ASSERT(unbase64(base64(bytes)) == bytes); }));
}

}  // namespace
}  // namespace umoci::mtree
