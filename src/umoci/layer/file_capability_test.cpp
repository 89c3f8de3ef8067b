// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/file_capability.hpp>

#include <gtest/gtest.h>

namespace umoci::layer {
namespace {

using namespace std::string_literals;

// What `setcap cap_net_raw+ep` stores.
const std::string plain =
    "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"s;
// The same for the root of a container that is user 100000 (0x186a0).
const std::string owned =
    "\x01\x00\x00\x03\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xa0\x86\x01\x00"s;

TEST(FileCapability, NamesTheContainersRootOnDisk) {
  EXPECT_EQ(capability_for_disk(plain, 100000), owned);
  EXPECT_EQ(capability_for_disk(plain, 0), plain);
  EXPECT_EQ(capability_for_disk(owned, 5), owned);
}

TEST(FileCapability, NamesNobodyInLayers) {
  EXPECT_EQ(capability_for_layer(owned, 100000), plain);
  EXPECT_EQ(capability_for_layer(owned, 0), owned);
  EXPECT_EQ(capability_for_layer(plain, 100000), plain);
}

TEST(FileCapability, LeavesOtherValuesAlone) {
  for (const std::string& value :
       {""s, "x"s, plain + "x", plain.substr(1), owned + "x", std::string(20, '\xff')}) {
    EXPECT_EQ(capability_for_disk(value, 7), value);
    EXPECT_EQ(capability_for_layer(value, 7), value);
  }
}

}  // namespace
}  // namespace umoci::layer
