// SPDX-License-Identifier: Apache-2.0
// Rules B11 to B13.
#include <umoci/check/bundle_test.hpp>

#include <string>

namespace umoci::check {
namespace {

TEST(BundleMounts, DestinationsAreThereAndHideNothing) {
  constexpr ConfigCase cases[] = {
      {R"({"mounts":[]})", ""},
      {R"({"mounts":[{"destination":"/"},{"destination":"/a"},{"destination":"/a/b"}]})", ""},
      {R"({"mounts":[{"type":"proc"},{"destination":""}]})",
       "E B11 /mounts/0/destination, E B11 /mounts/1/destination"},
      {R"({"mounts":[{"destination":"a"}]})", "W B11 /mounts/0/destination"},
      {R"({"mounts":[{"destination":"/a\u0000"}]})", "E B11 /mounts/0/destination"},
      {R"({"mounts":[{"destination":"/a/b"},{"destination":"/a"}]})",
       "W B11 /mounts/0/destination"},
      {R"({"mounts":[{"destination":"/a/b/c"},{"destination":"/a-b"},{"destination":"/a"},
                     {"destination":"/a/b"},{"destination":"/a/d"}]})",
       "W B11 /mounts/0/destination"},
      {R"({"mounts":[{"destination":"/a"},{"destination":"/a/c"},{"destination":"/b"},
                     {"destination":"/"}]})",
       "W B11 /mounts/0/destination, W B11 /mounts/1/destination, W B11 /mounts/2/destination"},
      // Siblings whose names only begin alike.
      {R"({"mounts":[{"destination":"/ab"},{"destination":"/a"},{"destination":"/a.b"}]})", ""},
      {R"({"mounts":[{"destination":"/a"},{"destination":"/a/b"},{"destination":"//a/"}]})",
       "W B11 /mounts/2/destination, W B11 /mounts/1/destination"},
      {R"({"mounts":[{"destination":"C:\\x"}],"windows":{},"linux":null})", ""},
  };
  expect_findings(TestBundle(), "B11", cases);
}

TEST(BundleMounts, ManyAndDeepOnesAreLookedAtInGoodTime) {
  std::string mounts;
  std::string path;
  for (int depth = 0; depth < 200; ++depth) path += "/d";
  for (int number = 0; number < 2000; ++number) {
    if (number > 0) mounts += ',';
    mounts += R"({"destination":")" + path + std::to_string(number % 1000) + R"("})";
  }
  const TestBundle bundle;
  bundle.configure(R"({"mounts":[)" + mounts + "]}");
  // A hundred or a thousand of them, and how many more.
  EXPECT_GT(bundle.findings().size(), 100U);
  EXPECT_LT(bundle.findings().size(), 2000U);
}

TEST(BundleMounts, WhatThisMachineLacksIsToldIfAskedFor) {
  const TestBundle bundle;
  std::filesystem::create_directory(bundle.path() / "here");
  const BundleCheckOptions here{.host = BundleCheckOptions::Host::checked};
  const auto expect = [&](std::string_view mounts, std::string_view expected) {
    bundle.configure(std::string(R"({"mounts":[)").append(mounts).append("]}"));
    EXPECT_EQ(findings_of(bundle, "B12", here), expected) << mounts;
    EXPECT_EQ(findings_of(bundle, "B12"), "") << mounts;
  };
  expect(R"({"destination":"/proc","type":"proc","source":"proc"},{"destination":"/x"})", "");
  expect(R"({"destination":"/x","type":"no-such-fs"})", "W B12 /mounts/0/type");
  expect(R"({"destination":"/x","type":"bind","source":"/"})", "");
  // Relative to the bundle.
  expect(R"({"destination":"/x","source":"here","options":["rbind","ro"]})", "");
  expect(R"({"destination":"/x","type":"none","source":"nowhere","options":["bind"]})",
         "W B12 /mounts/0/source");
  expect(R"({"destination":"/x","type":"bind"})", "W B12 /mounts/0");
}

TEST(BundleMounts, MappedMountsMapUsersAndGroups) {
  constexpr ConfigCase cases[] = {
      {R"({"mounts":[{"destination":"/x","options":["bind","idmap"],
            "uidMappings":[{"containerID":0,"hostID":1,"size":1}],
            "gidMappings":[{"containerID":0,"hostID":1,"size":1}]}]})",
       ""},
      {R"({"mounts":[{"destination":"/x","options":["ridmap"],
            "uidMappings":[{"containerID":0,"hostID":1,"size":1}]}]})",
       "E B13 /mounts/0"},
      {R"({"mounts":[{"destination":"/x","options":["idmapped"],
            "uidMappings":[{"containerID":0,"hostID":1,"size":1}],
            "gidMappings":[{"containerID":0,"hostID":1,"size":1}]}]})",
       "W B13 /mounts/0/options"},
      {R"({"mounts":[{"destination":"/x","uidMappings":[],"gidMappings":[]}]})", ""},
  };
  expect_findings(TestBundle(), "B13", cases);
}

}  // namespace
}  // namespace umoci::check
