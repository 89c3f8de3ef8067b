// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/descriptor.hpp>

#include <umoci/base/error.hpp>

#include <gmock/gmock.h>

#include <array>

namespace umoci::oci {
namespace {

TEST(Descriptor, WritesMembersInOrderAndTheUnknownOnesLast) {
  const Json json = Json::parse(
      R"({"x":{"b":1,"a":1.50},"artifactType":"t","platform":{"variant":"v","os":"o",)"
      R"("architecture":"a"},"data":"e30=","annotations":{"b":"2","a":"1"},"urls":["u"],)"
      R"("size":2,"digest":"d","mediaType":"m","y":[]})");
  EXPECT_EQ(
      Descriptor::from_json(json).to_json().dump(),
      R"({"mediaType":"m","digest":"d","size":2,"urls":["u"],"annotations":{"a":"1","b":"2"},)"
      R"("data":"e30=","platform":{"architecture":"a","os":"o","variant":"v"},)"
      R"("artifactType":"t","x":{"b":1,"a":1.50},"y":[]})");
}

TEST(Descriptor, LeavesOutWhatIsEmpty) {
  const Json json = Json::parse(
      R"({"mediaType":"m","digest":"d","size":0,"urls":[],"annotations":{},"data":null,)"
      R"("platform":null,"artifactType":""})");
  EXPECT_EQ(Descriptor::from_json(json).to_json().dump(),
            R"({"mediaType":"m","digest":"d","size":0})");
}

TEST(Descriptor, InventsNothing) {
  for (const char* text : {"{}", R"({"size":0})", R"({"digest":"d"})",
                           R"({"mediaType":"m","digest":"d"})", R"({"x":null})"}) {
    EXPECT_EQ(Descriptor::from_json(Json::parse(text)).to_json().dump(), text);
  }
  Descriptor descriptor = Descriptor::from_json(Json::parse(R"({"digest":"d"})"));
  descriptor.size_bytes = 7;
  EXPECT_EQ(descriptor.to_json().dump(), R"({"digest":"d","size":7})");
  EXPECT_EQ(Descriptor().to_json().dump(), R"({"size":0})");
}

TEST(Descriptor, TellsEmptyDataFromNone) {
  EXPECT_EQ(Descriptor::from_json(Json::parse(R"({"data":""})")).data, "");
  EXPECT_EQ(Descriptor::from_json(Json::parse(R"({"data":""})")).to_json().find("data")->dump(),
            R"("")");
  EXPECT_EQ(Descriptor::from_json(Json::parse("{}")).data, std::nullopt);
  EXPECT_EQ(Descriptor::from_json(Json::parse(R"({"data":"AP8="})")).data,
            std::string("\0\xff", 2));
}

TEST(Descriptor, ReadsNullAnnotationsAsEmpty) {
  const Descriptor descriptor =
      Descriptor::from_json(Json::parse(R"({"annotations":{"a":null,"b":""}})"));
  EXPECT_EQ(descriptor.annotations, (Annotations{{"a", ""}, {"b", ""}}));
}

TEST(Descriptor, KnowsItsReferenceName) {
  Descriptor descriptor;
  EXPECT_EQ(descriptor.ref_name(), std::nullopt);
  descriptor.annotations["org.opencontainers.image.ref.name"] = "";
  EXPECT_EQ(descriptor.ref_name(), "");
}

TEST(Descriptor, NamesTheMemberOfTheWrongType) {
  const std::array<std::pair<const char*, const char*>, 15> cases{{
      {R"([])", "document is an array, not an object"},
      {R"({"mediaType":1})", "mediaType is a number, not a string"},
      {R"({"digest":{}})", "digest is an object, not a string"},
      {R"({"size":"2"})", "size is a string, not an integer"},
      {R"({"size":2.0})", "size is \"2.0\", not an integer of 64 bits"},
      {R"({"size":9223372036854775808})",
       "size is \"9223372036854775808\", not an integer of 64 bits"},
      {R"({"urls":"x"})", "urls is a string, not an array"},
      {R"({"urls":["x",null]})", "urls[1] is null, not a string"},
      {R"({"annotations":[]})", "annotations is an array, not an object"},
      {R"({"annotations":{"a.b":1}})", "annotations[\"a.b\"] is a number, not a string"},
      {R"({"data":1})", "data is a number, not a string"},
      {R"({"data":"e3"})", "data: illegal base64 data at input byte 2"},
      {R"({"platform":{"os":true}})", "platform.os is a boolean, not a string"},
      {R"({"platform":{"os.features":[1]}})",
       "platform[\"os.features\"][0] is a number, not a string"},
      {R"({"artifactType":false})", "artifactType is a boolean, not a string"},
  }};
  for (const auto& [text, message] : cases) {
    try {
      static_cast<void>(Descriptor::from_json(Json::parse(text)));
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), message);
      EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
    }
  }
}

TEST(Descriptor, KeepsNegativeSizesForOthersToReject) {
  EXPECT_EQ(Descriptor::from_json(Json::parse(R"({"size":-1})")).size_bytes, -1);
}

}  // namespace
}  // namespace umoci::oci
