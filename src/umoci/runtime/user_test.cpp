// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/user.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/recording_log.hpp>

#include <gmock/gmock.h>

namespace umoci::runtime {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Gids = std::vector<std::uint32_t>;

const UserDatabase ordinary{
    .passwd =
        "root:x:0:0:root:/root:/bin/sh\n"
        "user:x:1000:100::/home/user:/bin/sh\n"
        "bad:x:abc:100::/home/bad:/bin/sh\n",
    .group = "users:x:100:user\nwheel:x:10:user,root\nextra:x:55:other,user\n",
};

User resolve(std::string_view spec, const UserDatabase& database = ordinary) {
  return resolve_user(spec, database, GroupsOfNumbers::as_members, silent_log());
}

void expect_error(std::string_view spec, const UserDatabase& database, ErrorKind kind) {
  try {
    const User user = resolve(spec, database);
    ADD_FAILURE() << spec << " became " << user.uid << ":" << user.gid;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("cannot parse user spec " + quoted(spec)));
  }
}

struct Case {
  const char* spec;
  std::uint32_t uid;
  std::uint32_t gid;
  Gids additional_gids;
  const char* home;
};

class UserSpecs : public testing::TestWithParam<Case> {};

TEST_P(UserSpecs, AreResolvedLikeTheGoProgramDoes) {
  const User user = resolve(GetParam().spec);
  EXPECT_EQ(user.uid, GetParam().uid);
  EXPECT_EQ(user.gid, GetParam().gid);
  EXPECT_EQ(user.additional_gids, GetParam().additional_gids);
  EXPECT_EQ(user.home, GetParam().home);
}

INSTANTIATE_TEST_SUITE_P(
    User, UserSpecs,
    testing::Values(Case{"", 0, 0, {10}, "/root"}, Case{"root", 0, 0, {10}, "/root"},
                    Case{"0", 0, 0, {10}, "/root"}, Case{"-0", 0, 0, {10}, "/root"},
                    Case{"user", 1000, 100, {100, 10, 55}, "/home/user"},
                    Case{"1000", 1000, 100, {100, 10, 55}, "/home/user"},
                    Case{"01000", 1000, 100, {100, 10, 55}, "/home/user"},
                    Case{"+1000", 1000, 100, {100, 10, 55}, "/home/user"},
                    Case{"user:", 1000, 100, {100, 10, 55}, "/home/user"},
                    Case{"user:wheel", 1000, 10, {}, "/home/user"},
                    Case{"user:wheel:ignored", 1000, 10, {}, "/home/user"},
                    Case{"1000:1000", 1000, 1000, {}, "/home/user"},
                    Case{"user:9999", 1000, 9999, {}, "/home/user"}, Case{"4000", 4000, 0, {}, ""},
                    Case{"4000:users", 4000, 100, {}, ""}, Case{":100", 0, 100, {}, "/root"},
                    Case{":users", 0, 100, {}, "/root"}, Case{"0:0", 0, 0, {}, "/root"},
                    Case{"2147483648", 2147483648, 0, {}, ""},
                    Case{"4294967294:4294967294", 4294967294, 4294967294, {}, ""}));

TEST(User, IsAnErrorIfUnknownOrOutOfRange) {
  for (const char* unknown : {"nope", "user:nope", " user", "user ", "USER", "10x", "-", "+", "bad",
                              "user: 10", "0x10", "1000.0"}) {
    expect_error(unknown, ordinary, ErrorKind::not_found);
  }
  for (const char* outside :
       {"-1", "user:-1", "4294967295", "user:4294967295", "0:4294967296", "9223372036854775808",
        "-9223372036854775809", "99999999999999999999999999999999"}) {
    expect_error(outside, ordinary, ErrorKind::invalid_argument);
  }
}

TEST(User, NeedsNoFilesIfItIsANumber) {
  EXPECT_EQ(resolve("", {}).uid, 0U);
  EXPECT_EQ(resolve("12:34", {}).uid, 12U);
  EXPECT_EQ(resolve("12:34", {}).gid, 34U);
  expect_error("root", {}, ErrorKind::not_found);
  expect_error("0:root", {}, ErrorKind::not_found);
}

TEST(User, NeverMatchesANumberAsName) {
  const UserDatabase database{.passwd = "1000:x:5:6::/five:\nfive:x:1000:7::/thousand:\n",
                              .group = "10:x:5:\nten:x:10:\n"};
  EXPECT_EQ(resolve("1000", database).home, "/thousand");
  EXPECT_EQ(resolve("five:10", database).gid, 10U);
}

TEST(User, OfALineWithoutValidIdsIsNotRoot) {
  for (const char* line :
       {"x", "x:", "x:x", "x:x:", "x:x::", "x:x:0", "x:x:0:", "x:x::0::/h:", "x:x:0x0:0::/h:",
        "x:x: 0:0::/h:", "x:x:+0:0::/h:", "x:x:-1:0::/h:", "x:x:4294967295:0::/h:",
        "x:x:0:4294967295::/h:", "# x:x:0:0::/h:", "+x:x:0:0::/h:", "-x:x:0:0::/h:", ""}) {
    const UserDatabase database{.passwd = line, .group = std::nullopt};
    expect_error("x", database, ErrorKind::not_found);
    EXPECT_EQ(resolve("", database).home, "") << line;
  }
  // An empty password field and fields to come are fine.
  EXPECT_EQ(resolve("x", {.passwd = "x::1:2", .group = std::nullopt}).uid, 1U);
  EXPECT_EQ(resolve("x", {.passwd = "x::1:2:::::", .group = std::nullopt}).gid, 2U);
}

TEST(User, OfAGroupLineWithoutValidIdGainsNoGroup) {
  const UserDatabase database{.passwd = "u:x:1:2::/:",
                              .group =
                                  "a:x:zero:u\nb:x::u\nc:x:4294967295:u\n#d:x:3:u\n+:::u\n"
                                  "e:x:4:u\n"};
  EXPECT_EQ(resolve("u", database).additional_gids, Gids{4});
  expect_error("u:a", database, ErrorKind::not_found);
  expect_error("u:c", database, ErrorKind::not_found);
}

TEST(User, IsNotHiddenByACommentOrLinesOfNis) {
  const UserDatabase database{.passwd = "# accounts\n\n+::::::\n  \t\nroot:x:0:0::/root:\n",
                              .group = "# groups\nadm:x:4:root\n"};
  EXPECT_EQ(resolve("", database).home, "/root");
  EXPECT_EQ(resolve("", database).additional_gids, Gids{4});
  expect_error("# accounts", database, ErrorKind::not_found);
}

TEST(User, GivenAsANumberMayBeInNoFurtherGroups) {
  const auto strict = [](std::string_view spec) {
    return resolve_user(spec, ordinary, GroupsOfNumbers::none, silent_log());
  };
  for (const char* number : {"1000", "01000", "+1000", "1000:"}) {
    EXPECT_THAT(strict(number).additional_gids, IsEmpty());
    EXPECT_EQ(strict(number).gid, 100U);
    EXPECT_EQ(strict(number).home, "/home/user");
  }
  EXPECT_EQ(strict("user").additional_gids, (Gids{100, 10, 55}));
  EXPECT_EQ(strict("").additional_gids, Gids{10});
}

TEST(User, IsInEachGroupOnce) {
  const UserDatabase database{.passwd = "u:x:1:2::/:",
                              .group = "c:x:3:u\na:x:1:u,u\nc2:x:3:u\nb:x:2:other,u\nc:x:3:u\n"};
  EXPECT_EQ(resolve("u", database).additional_gids, (Gids{3, 1, 2}));
}

TEST(User, ComesFromTheFirstMatchingLine) {
  const UserDatabase database{.passwd = "toor:x:0:5::/toor:\nroot:x:0:0::/root:\ntoor:x:9:9::/x:",
                              .group = "a:x:1:root\nb:x:2:toor\n"};
  EXPECT_EQ(resolve("0", database).home, "/toor");
  EXPECT_EQ(resolve("0", database).additional_gids, Gids{2});
  EXPECT_EQ(resolve("root", database).additional_gids, Gids{1});
  EXPECT_EQ(resolve("toor", database).uid, 0U);
}

TEST(User, MayHaveBlanksAndCarriageReturnsAround) {
  const UserDatabase database{.passwd = " u:x:1:2::/home/a b \r\nv:x:3:4::/v:/bin/sh\r\n",
                              .group = "g:x:5:u\r\n"};
  EXPECT_EQ(resolve("u", database).home, "/home/a b");
  EXPECT_EQ(resolve("u", database).additional_gids, Gids{5});
  EXPECT_EQ(resolve("v", database).uid, 3U);
}

TEST(User, MayHaveLongLines) {
  const std::string members = [] {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "member" + std::to_string(i) + ",";
    return text;
  }();
  const UserDatabase database{.passwd = "u:x:1:2:" + members + ":/u:\n",
                              .group = "g:x:7:" + members + "u\n"};
  EXPECT_EQ(resolve("u", database).home, "/u");
  EXPECT_EQ(resolve("u", database).additional_gids, Gids{7});
}

TEST(User, WarnsOncePerFileAboutMalformedLines) {
  const UserDatabase database{
      .passwd = "bad\nworse:x:y:z::/:\nu:x:1:2::/:\n",
      .group = std::string("g\0h:x:1:u\n", 10) + std::string(1000, 'x') + "\ng:x:7:u\n"};
  test::RecordingLog log;
  EXPECT_EQ(resolve_user("u", database, GroupsOfNumbers::as_members, log).additional_gids, Gids{7});
  EXPECT_THAT(log.warnings(),
              ElementsAre("skipped malformed lines file=/etc/passwd lines=2 first=\"bad\"",
                          AllOf(HasSubstr("file=/etc/group lines=2 first=\"g\\x00h:x:1:u\""))));
}

TEST(User, WarnsOfNothingInOrderlyFiles) {
  test::RecordingLog log;
  static_cast<void>(resolve_user("user", {.passwd = "# c\n+\nuser:x:1:1::/:", .group = "\n"},
                                 GroupsOfNumbers::as_members, log));
  EXPECT_THAT(log.warnings(), IsEmpty());
}

}  // namespace
}  // namespace umoci::runtime
