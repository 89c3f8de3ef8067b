// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/unique_fd.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace umoci {
namespace {

UniqueFd open_null() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(UniqueFd, ClosesWhatItOwns) {
  int number = -1;
  {
    const UniqueFd fd = open_null();
    ASSERT_TRUE(fd);
    number = fd.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, MovesOwnership) {
  UniqueFd first = open_null();
  const int number = first.get();
  UniqueFd second = std::move(first);
  EXPECT_EQ(second.get(), number);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): what a moved-from object is like

  UniqueFd third = open_null();
  const int old = third.get();
  third = std::move(second);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(third.get(), number);
  UniqueFd& alias = third;
  third = std::move(alias);
  EXPECT_TRUE(is_open(number));
}

TEST(UniqueFd, ReleasesToItsUser) {
  UniqueFd fd = open_null();
  const UniqueFd other(fd.release());
  EXPECT_FALSE(fd);
  EXPECT_TRUE(is_open(other.get()));
}

TEST(UniqueFd, CloseReportsErrorsAndIsRepeatable) {
  UniqueFd fd = open_null();
  fd.close();
  fd.close();
  EXPECT_FALSE(fd);
  UniqueFd bad(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ::close(bad.get());
  EXPECT_THROW(bad.close(), Error);
}

}  // namespace
}  // namespace umoci
