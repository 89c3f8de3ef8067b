// SPDX-License-Identifier: Apache-2.0

// What collectors think of a file that its writer made a moment ago and did not lock yet.

#include <umoci/store/collect_garbage.hpp>

#include <umoci/base/log.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/base/unique_fd.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

namespace umoci::store {
namespace {

/// Calls something when the search for garbage has ended.
class SearchEnd final : public Progress {
 public:
  explicit SearchEnd(std::function<void()> call) : call_(std::move(call)) {}
  void begin(const ProgressPhase&) override {}
  void begin_step(const ProgressStep&) override {}
  void end() override { call_(); }

 private:
  std::function<void()> call_;
};

TEST(NewbornTest, ADryRunLeavesANewbornFileToItsWriter) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory / "layout";
  Layout::create(path, {.durability = fs::Durability::unsynced});
  const auto file = path / "blobs/sha256/.umoci-blob-0123456789";
  // Its writer locks it a moment after it was made. On a busy machine that may come too late.
  constexpr int attempts = 100;
  bool is_left = false;
  for (int attempt = 0; attempt < attempts && !is_left; ++attempt) {
    std::filesystem::remove(file);
    test::write_file(file, "half");
    const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    std::atomic<bool> may_lock = false;
    std::atomic<bool> is_locked = false;
    std::thread writer([&] {
      while (!may_lock) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      is_locked = ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0;
    });
    SearchEnd progress([&] { may_lock = true; });
    Layout layout = Layout::open(path, {.changes = Changes::foreseen});
    const auto report = collect_garbage(layout, silent_log(), {.progress = &progress});
    writer.join();
    is_left = report.removed_temporary_files.empty() && is_locked;
  }
  EXPECT_TRUE(is_left);
}

}  // namespace
}  // namespace umoci::store
