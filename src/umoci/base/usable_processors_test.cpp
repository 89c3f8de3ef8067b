// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/usable_processors.hpp>

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

namespace umoci {
namespace {

/// Those that the thread may use.
cpu_set_t usable() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  return set;
}

TEST(UsableProcessors, AreThoseOfTheThread) {
  cpu_set_t set = usable();
  const auto all = static_cast<unsigned>(CPU_COUNT(&set));
  EXPECT_EQ(usable_processors(), all);
  // Its own affinity ends with the thread.
  std::thread([&set] {
    std::size_t first = 0;
    while (!CPU_ISSET(first, &set)) ++first;
    CPU_ZERO(&set);
    CPU_SET(first, &set);
    ASSERT_EQ(::sched_setaffinity(0, sizeof set, &set), 0);
    EXPECT_EQ(usable_processors(), 1U);
  }).join();
  EXPECT_EQ(usable_processors(), all);
}

}  // namespace
}  // namespace umoci
