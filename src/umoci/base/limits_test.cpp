// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/limits.hpp>

#include <umoci_test/errors.hpp>

#include <gtest/gtest.h>

#include <set>

namespace umoci {
namespace {

TEST(LimitsTest, every_limit_has_one_name) {
  std::set<std::string_view> names;
  Limits limits;
  for (const LimitName& limit : limit_names()) {
    names.insert(limit.name);
    EXPECT_FALSE(limit.meaning.empty()) << limit.name;
    limits.*limit.limit = 7;
  }
  EXPECT_EQ(names.size(), sizeof(Limits) / sizeof(std::uint64_t));
  for (const LimitName& limit : limit_names()) EXPECT_EQ(limits.*limit.limit, 7) << limit.name;
}

TEST(LimitsTest, exceeding_one_names_it) {
  const Limits limits{.entries = 7};
  check_limit(limits, &Limits::entries, 7);
  EXPECT_ERROR(limit_exceeded, "limit entries exceeded: 8 is more than 7",
               check_limit(limits, &Limits::entries, 8));
}

}  // namespace
}  // namespace umoci
