// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/subid_mappings.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/recording_log.hpp>

#include <gmock/gmock.h>

namespace umoci::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tree::IdMapping;

const SubidOwner me{.uid = 1000, .name = "me"};

std::vector<IdMapping> mappings(std::string_view text, const SubidOwner& owner = me,
                                Log& log = silent_log()) {
  return subid_mappings({.path = "/etc/subuid", .text = text}, owner, 7, log);
}

std::string error_of(std::string_view text, const SubidOwner& owner = me) {
  try {
    (void)mappings(text, owner);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Subids, FollowRootInTheOrderOfTheFile) {
  EXPECT_THAT(mappings("you:100000:65536\nme:300000:10\nme:200000:5\n"),
              ElementsAre(IdMapping{0, 7, 1}, IdMapping{1, 300000, 10}, IdMapping{11, 200000, 5}));
}

TEST(Subids, AreThoseOfANameOrANumber) {
  EXPECT_THAT(mappings("1000:5:5\nme:10:5\n1000:10:5\n01000:20:5\n"),
              ElementsAre(IdMapping{0, 7, 1}, IdMapping{1, 5, 5}, IdMapping{6, 10, 5}));
  // Nobody knows the name.
  EXPECT_THAT(mappings(":1:1\n1000:5:5\n", {.uid = 1000}),
              ElementsAre(IdMapping{0, 7, 1}, IdMapping{1, 5, 5}));
}

TEST(Subids, AreNotThoseOfMalformedLines) {
  test::RecordingLog log;
  EXPECT_THAT(mappings("# me:1:1\n\n  me:10:2  \nme\nme:1\nme:a:5\nme:5:\nme:5:0\nme:5:5:5\n"
                       "me:-1:5\nme:4294967290:6\nme:4294967295:1\nme:1:99999999999999999999\n"
                       ":5:5\nme:20:2",
                       me, log),
              ElementsAre(IdMapping{0, 7, 1}, IdMapping{1, 10, 2}, IdMapping{3, 20, 2}));
  EXPECT_THAT(log.warnings(),
              ElementsAre(testing::AllOf(HasSubstr("file=/etc/subuid"), HasSubstr("lines=11"),
                                         HasSubstr("first=\"me\""))));
  test::RecordingLog silent;
  (void)mappings("# a comment\nme:4294967290:5\n", me, silent);
  EXPECT_THAT(silent.warnings(), IsEmpty());
}

TEST(Subids, ThatAreMissingAreAnError) {
  EXPECT_EQ(error_of(""), R"("/etc/subuid" has no range of ids for user "me" (1000))");
  EXPECT_THAT(error_of("you:1:5\nmetoo:1:5\n"), HasSubstr("has no range"));
  EXPECT_EQ(error_of("x:1:5\n", {.uid = 3}), R"("/etc/subuid" has no range of ids for user 3)");
}

TEST(Subids, ThatAreTooManyAreAnError) {
  const auto lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "me:" + std::to_string(100 + 2 * i) + ":1\n";
    return text;
  };
  EXPECT_EQ(mappings(lines(339)).size(), 340U);
  EXPECT_THAT(error_of(lines(340)), HasSubstr("too many ranges"));
  EXPECT_EQ(mappings("me:0:4294967294\n").back(), (IdMapping{1, 0, 4294967294}));
  EXPECT_THAT(error_of("me:0:4294967294\nme:1:1\n"), HasSubstr("more ids than there are"));
}

}  // namespace
}  // namespace umoci::runtime
