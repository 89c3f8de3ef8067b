// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/worker_threads.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>

namespace umoci::codec {
namespace {

TEST(EffectiveJobs, IsAtLeastOne) {
  EXPECT_GE(effective_jobs(0), 1U);
  EXPECT_EQ(effective_jobs(1), 1U);
  EXPECT_EQ(effective_jobs(17), 17U);
}

TEST(WorkerThreads, DoTheWorkInPlaceForOneJob) {
  WorkerThreads workers(1);
  EXPECT_EQ(workers.capacity(), 1U);
  std::thread::id id;
  workers.submit([&] { id = std::this_thread::get_id(); });
  EXPECT_EQ(id, std::this_thread::get_id());
  workers.wait_for_oldest();
  EXPECT_EQ(workers.pending(), 0U);
}

TEST(WorkerThreads, WorkSideBySide) {
  WorkerThreads workers(3);
  std::latch all(3);
  for (int i = 0; i < 3; ++i) {
    workers.submit([&] { all.arrive_and_wait(); });
  }
  for (int i = 0; i < 3; ++i) workers.wait_for_oldest();
}

TEST(WorkerThreads, AreWaitedForInOrder) {
  for (const unsigned jobs : {1U, 2U, 4U}) {
    WorkerThreads workers(jobs);
    std::vector<int> done(1000, 0);
    std::size_t waited = 0;
    for (std::size_t i = 0; i < done.size(); ++i) {
      if (workers.pending() == workers.capacity()) {
        workers.wait_for_oldest();
        EXPECT_EQ(done[waited++], 1);
      }
      workers.submit([&done, i] { done[i] = 1; });
    }
    while (workers.pending() != 0) {
      workers.wait_for_oldest();
      EXPECT_EQ(done[waited++], 1);
    }
    EXPECT_EQ(waited, done.size());
  }
}

TEST(WorkerThreads, HandErrorsToTheOneWhoWaits) {
  for (const unsigned jobs : {1U, 3U}) {
    WorkerThreads workers(jobs);
    for (int i = 0; i < 10; ++i) {
      workers.submit([i] {
        if (i % 2 == 1) throw Error(ErrorKind::corrupt, std::to_string(i));
      });
    }
    for (int i = 0; i < 10; ++i) {
      try {
        workers.wait_for_oldest();
        EXPECT_EQ(i % 2, 0);
      } catch (const Error& error) {
        EXPECT_EQ(error.message(), std::to_string(i));
      }
    }
  }
}

TEST(WorkerThreads, ForgetWhatWasNotBegun) {
  std::atomic<int> begun = 0;
  {
    WorkerThreads workers(2);
    for (int i = 0; i < 100; ++i) {
      workers.submit([&] {
        ++begun;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      });
    }
  }
  EXPECT_LT(begun, 100);
}

}  // namespace
}  // namespace umoci::codec
