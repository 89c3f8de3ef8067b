// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/go_names.hpp>

#include <umoci/oci/platform.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace umoci::oci {
namespace {

bool is_os(std::string_view name) {
  return std::ranges::find(go_os_names(), name) != go_os_names().end();
}

bool is_architecture(std::string_view name) {
  const auto names = go_architecture_names();
  return std::ranges::find(names, name) != names.end();
}

TEST(GoNames, AreThoseOfItsPorts) {
  // The table in Go's document on building from source.
  for (const auto* os : {"aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js",
                         "linux", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows"}) {
    EXPECT_TRUE(is_os(os)) << os;
  }
  for (const auto* architecture :
       {"386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64",
        "ppc64le", "riscv64", "s390x", "wasm"}) {
    EXPECT_TRUE(is_architecture(architecture)) << architecture;
  }
  EXPECT_TRUE(is_os(host_platform().os));
  EXPECT_TRUE(is_architecture(host_platform().architecture));
}

TEST(GoNames, AreNoOthers) {
  for (const auto* name : {"", "Linux", "linux ", "lin", "amd64", "macos", "unknown"}) {
    EXPECT_FALSE(is_os(name)) << name;
  }
  for (const auto* name : {"", "AMD64", "x86_64", "aarch64", "arm6", "linux", "unknown"}) {
    EXPECT_FALSE(is_architecture(name)) << name;
  }
}

TEST(GoNames, AreSortedAndDifferent) {
  for (const auto names : {go_os_names(), go_architecture_names()}) {
    EXPECT_EQ(std::ranges::adjacent_find(names, std::ranges::greater_equal()), names.end());
  }
}

}  // namespace
}  // namespace umoci::oci
