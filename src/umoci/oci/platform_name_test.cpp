// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/platform_name.hpp>

#include <umoci_test/errors.hpp>

#include <gtest/gtest.h>

#include <utility>

namespace umoci::oci {
namespace {

TEST(PlatformName, IsReadAndWritten) {
  for (const char* name : {"linux/amd64", "linux/arm/v7", "windows/amd64", "freebsd/arm64/v8.1"}) {
    EXPECT_EQ(platform_name(parse_platform(name)), name);
  }
  const Platform platform = parse_platform("linux/arm/v6");
  EXPECT_EQ(platform.os, "linux");
  EXPECT_EQ(platform.architecture, "arm");
  EXPECT_EQ(platform.variant, "v6");
}

TEST(PlatformName, UnderstandsTheKernelsNamesOfProcessors) {
  const std::pair<const char*, const char*> names[] = {
      {"linux/x86_64", "linux/amd64"},        {"linux/aarch64", "linux/arm64"},
      {"linux/aarch64/v8", "linux/arm64/v8"}, {"linux/i686", "linux/386"},
      {"linux/armv7l", "linux/arm/v7"},       {"linux/armhf/v6", "linux/arm/v6"}};
  for (const auto& [typed, name] : names) EXPECT_EQ(platform_name(parse_platform(typed)), name);
}

TEST(PlatformName, HasTwoOrThreeParts) {
  for (const char* text :
       {"", "linux", "/", "linux/", "/amd64", "linux/amd64/", "linux//v7", "linux/arm/v7/x",
        "Linux/amd64", "linux/amd 64", "linux/\xc3\xa4", "../..", "linux/-x"}) {
    EXPECT_ERROR(invalid_argument, "expected os/architecture[/variant]", parse_platform(text));
  }
}

TEST(PlatformName, TellsWhatGoCallsAProcessor) {
  EXPECT_EQ(usual_architecture("x86_64"), "amd64");
  EXPECT_EQ(usual_architecture("armhf"), "arm");
  EXPECT_EQ(usual_architecture("amd64"), std::nullopt);
  EXPECT_EQ(usual_architecture(""), std::nullopt);
}

TEST(PlatformName, OfADocumentCanBeAnything) {
  Platform platform;
  EXPECT_EQ(platform_name(platform), "/");
  platform.os = "a/b\n";
  EXPECT_EQ(platform_name(platform), "a/b\n/");
}

}  // namespace
}  // namespace umoci::oci
