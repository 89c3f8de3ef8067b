// SPDX-License-Identifier: Apache-2.0
// The owner of a layout exchanges parts of it for links while root works on it. What is behind the
// links must stay as it is.
#include <umoci/base/error.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/store/collect_garbage.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <stdio.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace umoci::store {
namespace {

namespace stdfs = std::filesystem;

class ExchangedPathsTest : public testing::Test {
 protected:
  ExchangedPathsTest() {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
    stdfs::create_directory(outside_);
  }

  [[nodiscard]] Layout open() const {
    return Layout::open(path_, {.durability = fs::Durability::unsynced});
  }

  test::TemporaryDirectory directory_;
  const stdfs::path path_ = directory_ / "layout";
  const stdfs::path outside_ = directory_ / "outside";
};

/// Does something between the search for garbage and its removal.
class Interruption final : public Progress {
 public:
  explicit Interruption(std::function<void()> action) : action_(std::move(action)) {}
  void begin(const ProgressPhase& phase) override {
    if (phase.activity == ProgressActivity::remove_garbage) action_();
  }
  void begin_step(const ProgressStep& /*step*/) override {}
  void end() override {}

 private:
  std::function<void()> action_;
};

TEST_F(ExchangedPathsTest, GarbageIsRemovedOnlyWhereItWasFound) {
  Layout layout = open();
  const auto orphan = layout.blobs().put("orphan");
  layout.update_index([](oci::Index& index) { index.manifests.emplace_back(); });
  layout.update_index([](oci::Index& index) { index.manifests.clear(); });
  const std::string name(orphan.digest.encoded());
  test::write_file(path_ / "blobs/sha256/junk", "");
  for (const std::string& file : {name, std::string("junk")}) {
    test::write_file(outside_ / file, "valuable");
  }
  Interruption exchange([&] {
    stdfs::rename(path_ / "blobs/sha256", path_ / "blobs/away");
    stdfs::create_directory_symlink(outside_, path_ / "blobs/sha256");
  });
  CollectOptions options;
  options.junk = Junk::removed;
  options.progress = &exchange;
  static_cast<void>(collect_garbage(layout, silent_log(), options));
  EXPECT_TRUE(stdfs::exists(outside_ / name));
  EXPECT_TRUE(stdfs::exists(outside_ / "junk"));
}

TEST_F(ExchangedPathsTest, TheIndexIsWrittenInsideTheLayoutOnly) {
  stdfs::create_directory(path_ / "sub");
  stdfs::rename(path_ / "index.json", path_ / "sub/index");
  stdfs::create_symlink("sub/index", path_ / "index.json");
  test::write_file(outside_ / "index", R"({"schemaVersion":2,"manifests":[]})");
  stdfs::create_directory_symlink(outside_, path_ / "other");
  std::atomic<bool> is_over = false;
  std::thread owner([&] {
    const std::string one = path_ / "sub";
    const std::string other = path_ / "other";
    while (!is_over) {
      ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
    }
  });
  const std::string before = test::read_file(outside_ / "index");
  for (int number = 0; number < 400; ++number) {
    try {
      open().update_index(
          [&](oci::Index& index) { index.annotations["number"] = std::to_string(number); });
    } catch (const Error&) {
      // It led out of the layout at that moment.
    }
  }
  is_over = true;
  owner.join();
  EXPECT_EQ(test::read_file(outside_ / "index"), before);
}

}  // namespace
}  // namespace umoci::store
