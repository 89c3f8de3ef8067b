// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/locker.hpp>

#include <umoci/base/error.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>

#include <chrono>
#include <thread>

namespace umoci::store {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class LockerTest : public testing::Test {
 protected:
  LockerTest() { test::write_file(file_, ""); }
  [[nodiscard]] UniqueFd open(int flags = O_RDONLY) const {
    return UniqueFd(::open(file_.c_str(), flags | O_CLOEXEC));
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_ / "file";
  test::RecordingLog log_;
};

TEST_F(LockerTest, SharedLocksGoTogetherExclusiveOnesDoNot) {
  Locker locker("place", {.timeout = milliseconds(0)}, log_);
  const UniqueFd one = open();
  const UniqueFd two = open();
  UniqueFd three = open();
  locker.lock(one.get(), LockMode::shared, "lock");
  locker.lock(two.get(), LockMode::shared, "lock");
  EXPECT_EQ(try_lock(three.get()), TryLock::busy);
  EXPECT_ERROR(conflict, "another process holds the lock of \"place\"",
               locker.lock(three.get(), LockMode::exclusive, "lock"));
  EXPECT_EQ(::flock(one.get(), LOCK_UN), 0);
  EXPECT_EQ(::flock(two.get(), LOCK_UN), 0);
  EXPECT_EQ(try_lock(three.get()), TryLock::locked);
  EXPECT_ERROR(conflict, "", locker.lock(one.get(), LockMode::shared, "lock"));
  three.reset();
  EXPECT_NO_THROW(locker.lock(one.get(), LockMode::exclusive, "lock"));
}

TEST_F(LockerTest, WaitsQuietlyForAMoment) {
  Locker locker("place", {}, log_);
  UniqueFd held = open();
  ASSERT_EQ(try_lock(held.get()), TryLock::locked);
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(100));
    held.reset();
  });
  const UniqueFd fd = open();
  locker.lock(fd.get(), LockMode::exclusive, "lock");
  other.join();
  EXPECT_THAT(log_.others(), IsEmpty());
}

TEST_F(LockerTest, TellsThatItWaitsForLong) {
  Locker locker("place", {}, log_);
  UniqueFd held = open();
  ASSERT_EQ(try_lock(held.get()), TryLock::locked);
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(1300));
    held.reset();
  });
  const UniqueFd fd = open();
  locker.lock(fd.get(), LockMode::shared, "store lock");
  other.join();
  EXPECT_THAT(log_.warnings(),
              Contains("waiting for another process to let go of the store lock layout=place"));
}

TEST_F(LockerTest, WaitsNoLongerOnceCancelled) {
  const UniqueFd held = open();
  Locker("place", {}, log_).lock(held.get(), LockMode::exclusive, "lock");
  std::stop_source stop;
  Locker locker("place", {.timeout = std::nullopt, .stop = stop.get_token()}, log_);
  const UniqueFd wanted = open();
  std::jthread other([&] { stop.request_stop(); });
  EXPECT_ERROR(cancelled, "interrupted", locker.lock(wanted.get(), LockMode::shared, "lock"));
}

TEST_F(LockerTest, WarnsOnceWhereThereAreNoLocks) {
  Locker locker("place", {}, log_);
  // The kernel has no locks for such descriptors.
  const UniqueFd fd = open(O_PATH);
  EXPECT_EQ(try_lock(fd.get()), TryLock::unsupported);
  locker.lock(fd.get(), LockMode::exclusive, "lock");
  locker.lock(fd.get(), LockMode::shared, "lock");
  EXPECT_EQ(log_.warnings().size(), 1U);
  EXPECT_THAT(log_.warnings(), Contains(HasSubstr("has no locks")));
}

}  // namespace
}  // namespace umoci::store
