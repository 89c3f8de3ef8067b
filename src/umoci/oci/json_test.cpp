// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/json.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/place.hpp>

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace umoci::oci {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What parsing `text` throws; fails the test if nothing.
Error parse_error(std::string_view text, const Limits& limits = {}) {
  try {
    static_cast<void>(Json::parse(text, limits));
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "accepted: " << text;
  return {ErrorKind::internal, ""};
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

TEST(Json, KeepsOrderOfMembersAndTextOfNumbers) {
  const std::string text =
      R"({"z":1,"a":-0,"n":[0.10,1e2,1E+2,12345678901234567890123,-1.5,18446744073709551615,0]})";
  EXPECT_EQ(Json::parse(text).dump(), text);
}

TEST(Json, SkipsWhiteSpace) {
  EXPECT_EQ(Json::parse(" \t\r\n{ \"a\" :\n[ 1 , null,true , false ] }\n").dump(),
            R"({"a":[1,null,true,false]})");
}

TEST(Json, ReadsIntegersOf64BitsOnly) {
  EXPECT_EQ(Json::parse("9223372036854775807").if_int64(),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Json::parse("-9223372036854775808").if_int64(),
            std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"9223372036854775808", "-9223372036854775809", "2.0", "1e2", "\"2\"",
                           "null", "99999999999999999999999999"}) {
    EXPECT_EQ(Json::parse(text).if_int64(), std::nullopt) << text;
  }
}

TEST(Json, EscapesAsTheProfileAsks) {
  const Json json =
      std::string_view("\"\\/\b\f\n\r\t\x01\x1f<>&'\x7f\u00e9\u2028\u2029\u20ac\U0001F600");
  EXPECT_EQ(json.dump(),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u003c\\u003e\\u0026'\x7f\u00e9"
            "\\u2028\\u2029\u20ac\U0001F600\"");
}

TEST(Json, WritesReplacementForEachByteThatIsNoUtf8) {
  EXPECT_EQ(Json(std::string("a\xff\xc3(\xed\xa0\x80\xc3")).dump(),
            R"("a\ufffd\ufffd(\ufffd\ufffd\ufffd\ufffd")");
}

TEST(Json, ReadsEscapes) {
  const Json json = Json::parse(R"("\u00e9\ud83d\ude00\u0000\/\"\\\b")");
  EXPECT_EQ(*json.if_string(), std::string("\u00e9\U0001F600\0/\"\\\b", 11));
}

TEST(Json, IndentsWithTabs) {
  EXPECT_EQ(Json::parse(R"({"a":[],"b":{},"c":[1,{"d":"<"}]})").dump_indented(),
            "{\n\t\"a\": [],\n\t\"b\": {},\n\t\"c\": [\n\t\t1,\n\t\t{\n\t\t\t\"d\": "
            "\"\\u003c\"\n\t\t}\n\t]\n}");
}

class MalformedJson : public testing::TestWithParam<std::string_view> {};

TEST_P(MalformedJson, IsRejectedInOneLine) {
  const Error error = parse_error(GetParam());
  EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
  EXPECT_THAT(error.what(), HasSubstr(" at byte "));
  EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
  EXPECT_LT(std::string(error.what()).size(), 150U);
}

INSTANTIATE_TEST_SUITE_P(
    Json, MalformedJson,
    testing::Values("", " ", "{", "[1,2", "{\"a\"", "{\"a\":", "nul", "{}x", "{} {}", "[1,]",
                    "{\"a\":1,}", "{,}", "[,1]", "{a:1}", "{'a':1}", "{1:2}", "01", "1.", ".5",
                    "+1", "-", "1e", "0x10", "NaN", "Infinity", "-Infinity", "1e999", "True",
                    "// c\n{}", "/* c */{}", "\"a\nb\"", "\"\\x41\"", "\"\\u12\"", "\"\\ud800\"",
                    "\"\\udc00\\ud800\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\xff",
                    "\xef\xbb\xbf{}", "\"unclosed", std::string_view("{}\0", 3),
                    std::string_view("{}\0garbage", 10), std::string_view("\0", 1),
                    std::string_view("\"a\0\"", 4)));

TEST(Json, NamesTheByteOfAnError) {
  EXPECT_STREQ(parse_error("{\"a\": x}").what(), R"(malformed JSON at byte 6: "x}")");
  EXPECT_STREQ(parse_error("{\"a\"").what(), "JSON text ends too early at byte 4");
  EXPECT_STREQ(parse_error("[\"\xff\"]").what(), "JSON text is no UTF-8 at byte 2");
}

TEST(Json, RejectsDuplicateMembersWithTheirPlace) {
  EXPECT_STREQ(parse_error(R"({"a":1,"b":[{},{"c":{"d":1,"e":2,"d":1}}]})").what(),
               "duplicate member b[1].c.d");
  EXPECT_STREQ(parse_error(R"({"a b":1,"a\u0020b":1})").what(), R"(duplicate member ["a b"])");
  EXPECT_EQ(Json::parse(R"({"a":1,"A":{"a":1}})").dump(), R"({"a":1,"A":{"a":1}})");
}

TEST(Json, HidesHugeNamesAndDepthsFromMessages) {
  const std::string name(1'000'000, 'x');
  EXPECT_LT(std::string(parse_error("{\"" + name + "\":1,\"" + name + "\":1}").what()).size(),
            500U);
  const std::string deep = repeated("{\"" + std::string(100, 'y') + "\":", 500) +
                           R"({"a":1,"a":2})" + repeated("}", 500);
  EXPECT_LT(std::string(parse_error(deep).what()).size(), 2500U);
}

TEST(Json, FindsDuplicatesAmongManyMembersInNoTime) {
  std::string text = "{";
  for (int i = 0; i < 300'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  EXPECT_EQ(Json::parse(text + "\"x\":0}").if_object()->size(), 300'001U);
  EXPECT_STREQ(parse_error(text + "\"77777\":0}").what(), "duplicate member 77777");
}

TEST(Json, EndsAtTheDepthLimit) {
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}")}) {
    const std::string inner = open == std::string_view("[") ? "" : "1";
    const std::string deepest = repeated(open, 1000) + inner + repeated(close, 1000);
    const Json json = Json::parse(deepest);
    const Json copy = json;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(copy, json);
    EXPECT_EQ(copy.dump(), deepest);
    EXPECT_EQ(Json::parse(copy.dump_indented()), json);
    EXPECT_EQ(parse_error(open + deepest + close).kind(), ErrorKind::limit_exceeded);
  }
  // Without an end, and far beyond any stack.
  EXPECT_EQ(parse_error(repeated("[", 5'000'000)).kind(), ErrorKind::limit_exceeded);
}

TEST(Json, EndsAtTheSizeLimit) {
  const Limits limits{.document_bytes = 100};
  EXPECT_NO_THROW(static_cast<void>(Json::parse('"' + std::string(98, 'a') + '"', limits)));
  EXPECT_EQ(parse_error('"' + std::string(99, 'a') + '"', limits).kind(),
            ErrorKind::limit_exceeded);
}

TEST(Json, RefusesDocumentsThatGrowInMemory) {
  const Limits limits{.document_bytes = 32'000};
  EXPECT_NO_THROW(static_cast<void>(Json::parse('[' + repeated("0,", 998) + "0]", limits)));
  EXPECT_EQ(parse_error('[' + repeated("0,", 999) + "0]", limits).kind(),
            ErrorKind::limit_exceeded);
}

TEST(Json, EditsMembersInPlace) {
  Json json = Json::parse(R"({"a":1,"b":2,"c":3})");
  json.set("b", "x");
  json.set("d", true);
  json.erase("a");
  json.erase("missing");
  EXPECT_EQ(json.dump(), R"({"b":"x","c":3,"d":true})");
  EXPECT_EQ(json.find("a"), nullptr);
  EXPECT_EQ(json.find("c")->if_int64(), 3);
}

TEST(Json, SetMakesAnObjectOfNullOnly) {
  Json json;
  json.set("a", Json::Array{std::int64_t{1}});
  EXPECT_EQ(json.dump(), R"({"a":[1]})");
  EXPECT_THROW(json.find("a")->set("b", 1 == 1), Error);
  EXPECT_EQ(json.find("a")->find("b"), nullptr);
}

rc::Gen<Json> values(int depth) {
  const auto text = rc::gen::map(
      rc::gen::container<std::string>(rc::gen::element('a', '"', '\\', '\n', '\x01', '<')),
      [](std::string s) { return s + "\u2028\u00e9"; });
  const auto scalar = rc::gen::oneOf(
      rc::gen::just(Json()), rc::gen::map<bool>([](bool b) { return Json(b); }),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t i) { return Json(i); }),
      rc::gen::map(text, [](std::string s) { return Json(std::move(s)); }));
  if (depth == 0) return scalar;
  const auto array = rc::gen::map(rc::gen::container<Json::Array>(values(depth - 1)),
                                  [](Json::Array a) { return Json(std::move(a)); });
  const auto object =
      rc::gen::map(rc::gen::container<Json::Array>(values(depth - 1)), [](const Json::Array& a) {
        Json::Object members;
        for (const Json& value : a) {
          members.emplace_back("<" + std::to_string(members.size()), value);
        }
        return Json(std::move(members));
      });
  return rc::gen::oneOf(scalar, array, object);
}

RC_GTEST_PROP(Json, SurvivesWritingAndReading, ()) {
  const Json json = *rc::gen::resize(8, values(3));
  RC_ASSERT(Json::parse(json.dump()) == json);
  RC_ASSERT(Json::parse(json.dump_indented()) == json);
}

TEST(Json, KeepsDuplicatesForThoseWhoAskForThem) {
  std::vector<std::string> duplicates;
  const Json json = Json::parse(
      R"({"a":[0,{"x/y":1,"x/y":2,"~":3}],"b":{},"a":{"b":4,"b":5,"b":6}})", {}, duplicates);
  EXPECT_EQ(duplicates, (std::vector<std::string>{"/a/1/x~1y", "/a/b", "/a"}));
  EXPECT_EQ(json.dump(), R"({"a":[0,{"x/y":1,"x/y":2,"~":3}],"b":{},"a":{"b":4,"b":5,"b":6}})");
  EXPECT_NE(json.find("a")->if_array(), nullptr);
}

TEST(Place, HasAPointerThatIsNeverLong) {
  const Place document;
  EXPECT_EQ(document.pointer(), "");
  const Place list = document.member("a/b~c");
  const Place element = list.element(3);
  EXPECT_EQ(element.member("").pointer(), "/a~1b~0c/3/");
  const std::string name(5000, 'x');
  EXPECT_EQ(element.member(name).pointer(), "/a~1b~0c/3");
}

}  // namespace
}  // namespace umoci::oci
