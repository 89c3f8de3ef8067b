// SPDX-License-Identifier: Apache-2.0
// Many at a time: processes, and threads with a layout of their own or one together.
#include <umoci/store/collect_garbage.hpp>
#include <umoci/store/layout.hpp>

#include <umoci_test/child_process.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace umoci::store {
namespace {

const LayoutOptions fast{.durability = fs::Durability::unsynced};

class ConcurrencyTest : public testing::Test {
 protected:
  ConcurrencyTest() : path_(directory_ / "layout") {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
  }

  /// Number of names in the index all of whose blobs are there and right.
  [[nodiscard]] std::size_t sound_images() const {
    const Layout layout = Layout::open(path_);
    std::size_t count = 0;
    for (const oci::Descriptor& entry : layout.read_index().manifests) {
      const auto manifest = oci::Manifest::parse(layout.blobs().read_document(entry));
      static_cast<void>(layout.blobs().read_document(manifest.config));
      static_cast<void>(layout.blobs().read_document(manifest.layers.at(0)));
      ++count;
    }
    return count;
  }
  [[nodiscard]] bool is_tidy() const {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().filename().string().starts_with(".")) return false;
    }
    return true;
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_;
};

// D-23
TEST_F(ConcurrencyTest, NoUpdateOfManyProcessesIsLost) {
  std::vector<std::unique_ptr<test::ChildProcess>> children;
  children.reserve(16);
  for (int process = 0; process < 16; ++process) {
    children.push_back(std::make_unique<test::ChildProcess>([this, process] {
      for (int i = 0; i < 4; ++i) {
        Layout layout = Layout::open(path_, fast);
        test::tag(layout, std::to_string(process) + "-" + std::to_string(i), {});
      }
      return std::string("done");
    }));
  }
  for (const auto& child : children) EXPECT_EQ(child->wait(), "done");
  EXPECT_EQ(ref_names(Layout::open(path_).read_index()).size(), 64U);
  EXPECT_TRUE(is_tidy());
}

TEST_F(ConcurrencyTest, NoUpdateOfManyThreadsIsLost) {
  Layout shared = Layout::open(path_, fast);
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 8; ++i) {
        Layout own = Layout::open(path_, fast);
        Layout& layout = thread % 2 == 0 ? shared : own;
        const std::string name = std::to_string(thread) + "-" + std::to_string(i);
        test::tag(layout, name, test::ExampleImage{.layer = name}.put(layout));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sound_images(), 64U);
  EXPECT_TRUE(is_tidy());
}

// D-24: four collectors beside eight writers.
TEST_F(ConcurrencyTest, CollectorsTakeNothingFromWriters) {
  std::atomic<bool> is_over = false;
  std::atomic<int> collections = 0;
  std::vector<std::thread> collectors;
  collectors.reserve(4);
  for (int i = 0; i < 4; ++i) {
    collectors.emplace_back([&] {
      Layout layout = Layout::open(path_, fast);
      while (!is_over) {
        collect_garbage(layout, silent_log());
        ++collections;
        // A lock that is let go of and taken at once leaves no gap for others.
        std::this_thread::yield();
      }
    });
  }
  std::vector<std::thread> writers;
  writers.reserve(8);
  for (int thread = 0; thread < 8; ++thread) {
    writers.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        Layout layout = Layout::open(path_, fast);
        const std::string name = std::to_string(thread) + "-" + std::to_string(i);
        layout.blobs().put("garbage of " + name);
        test::tag(layout, name, test::ExampleImage{.layer = name}.put(layout));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  is_over = true;
  for (std::thread& collector : collectors) collector.join();
  EXPECT_GT(collections, 0);
  EXPECT_EQ(sound_images(), 160U);
  Layout layout = Layout::open(path_);
  collect_garbage(layout, silent_log());
  EXPECT_EQ(collect_garbage(layout, silent_log()).kept_blobs, 3U * 160U);
  EXPECT_TRUE(is_tidy());
}

TEST_F(ConcurrencyTest, WritersKilledAtAnyMomentHarmNobody) {
  for (int round = 0; round < 20; ++round) {
    test::ChildProcess writer([&] {
      for (int i = 0;; ++i) {
        Layout layout = Layout::open(path_, fast);
        const std::string name = std::to_string(round) + "-" + std::to_string(i);
        test::tag(layout, "t", test::ExampleImage{.layer = name}.put(layout));
      }
      return std::string();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(3 + round));
    writer.kill();
    Layout layout = Layout::open(path_, fast);
    EXPECT_LE(sound_images(), 1U);
    const GarbageReport report = collect_garbage(layout, silent_log());
    EXPECT_LE(report.kept_blobs, 3U);
    EXPECT_TRUE(is_tidy());
  }
  EXPECT_EQ(sound_images(), 1U);
}

}  // namespace
}  // namespace umoci::store
