// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/platform.hpp>

#include <umoci/oci/arm_variant.hpp>

#include <gtest/gtest.h>

#include <array>
#include <map>

#include <sys/utsname.h>

namespace umoci::oci {
namespace {

TEST(Platform, KeepsWhatItDoesNotKnow) {
  const std::string text =
      R"({"architecture":"arm","os":"windows","os.version":"10","os.features":["win32k"],)"
      R"("variant":"v7","features":["sse4"],"x":null})";
  const Platform platform = Platform::from_json(Json::parse(text));
  EXPECT_EQ(platform.os_version, "10");
  EXPECT_EQ(platform.os_features, std::vector<std::string>{"win32k"});
  EXPECT_EQ(platform.to_json().dump(), text);
}

TEST(Platform, WritesArchitectureAndOsAlways) {
  EXPECT_EQ(Platform().to_json().dump(), R"({"architecture":"","os":""})");
}

TEST(HostPlatform, AgreesWithTheKernel) {
  const std::map<std::string, std::string> names{
      {"x86_64", "amd64"}, {"aarch64", "arm64"},   {"armv7l", "arm"}, {"ppc64le", "ppc64le"},
      {"s390x", "s390x"},  {"riscv64", "riscv64"}, {"i686", "386"},   {"loongarch64", "loong64"}};
  utsname system{};
  ASSERT_EQ(uname(&system), 0);
  const auto name = names.find(system.machine);
  if (name == names.end()) GTEST_SKIP() << "no expectation for " << system.machine;
  const Platform platform = host_platform();
  EXPECT_EQ(platform.architecture, name->second);
  EXPECT_EQ(platform.os, "linux");
  EXPECT_EQ(platform.variant.empty(), !name->second.starts_with("arm"));
}

TEST(ArmVariant, ComesFromTheKernelsList) {
  const std::array<std::pair<const char*, const char*>, 14> cases{{
      {"8", "v8"},
      {"AArch64", "v8"},
      {"7", "v7"},
      {"7M", "v7"},
      {"?(12)", "v7"},
      {"?(17)", "v7"},
      {"6TEJ", "v6"},
      {"5", "v5"},
      {"5TE", "v5"},
      {"4T", "v4"},
      {"3", "v3"},
      {"9", "unknown"},
      {"?(18)", "unknown"},
      {"7x", "unknown"},
  }};
  for (const auto& [value, variant] : cases) {
    const std::string cpuinfo =
        "processor\t: 0\nBogoMIPS\t: 48.00\ncpu ARCHITECTURE: " + std::string(value) + "\n";
    EXPECT_EQ(arm_variant(cpuinfo, "armv6l"), variant) << value;
  }
}

TEST(ArmVariant, ComesFromUnameWithoutThatLine) {
  EXPECT_EQ(arm_variant("", "aarch64"), "v8");
  EXPECT_EQ(arm_variant("processor : 0", "armv7l"), "v7");
  EXPECT_EQ(arm_variant("", "armv6l"), "v6");
  EXPECT_EQ(arm_variant("", "armv5tel"), "v5");
  EXPECT_EQ(arm_variant("", "arm"), "unknown");
  EXPECT_EQ(arm_variant("", ""), "unknown");
}

TEST(ArmVariant, CorrectsEarlyRaspberryPis) {
  EXPECT_EQ(arm_variant("model name\t: ARMv6-compatible processor rev 7 (v6l)\n"
                        "CPU architecture: 7\n",
                        "armv6l"),
            "v6");
  EXPECT_EQ(arm_variant("model name\t: ARMv7 Processor\nCPU architecture: 7\n", ""), "v7");
}

}  // namespace
}  // namespace umoci::oci
