// SPDX-License-Identifier: Apache-2.0

// Dry runs: what is below stays as it is, and what would change is told.

#include <umoci/store/overlay_driver.hpp>

#include <umoci/store/collect_garbage.hpp>
#include <umoci/store/directory_driver.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/store/spool.hpp>
#include <umoci_test/child_process.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/sample_bytes.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/mount.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace umoci::store {
namespace {

using std::filesystem::path;
using testing::ElementsAre;
using testing::IsEmpty;

std::string nanoseconds(const timespec& time) {
  return fmt::format("{}.{:09}", time.tv_sec, time.tv_nsec);
}

/// All that can be seen of a tree from outside, times of reading apart.
std::map<std::string, std::string> tree_state(const path& top) {
  std::map<std::string, std::string> state;
  const auto add = [&](const path& name) {
    struct stat info{};
    EXPECT_EQ(::lstat(name.c_str(), &info), 0) << name;
    state[name.lexically_relative(top).string()] = fmt::format(
        "inode {} mode {:o} owner {}:{} links {} mtime {} ctime {} {}", info.st_ino, info.st_mode,
        info.st_uid, info.st_gid, info.st_nlink, nanoseconds(info.st_mtim),
        nanoseconds(info.st_ctim), S_ISREG(info.st_mode) ? test::read_file(name) : std::string());
  };
  add(top);
  for (const auto& found : std::filesystem::recursive_directory_iterator(top)) add(found.path());
  return state;
}

class OverlayDriverTest : public testing::Test {
 protected:
  OverlayDriverTest() : path_(directory_ / "layout"), scratch_(directory_ / "scratch") {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
    std::filesystem::create_directory(scratch_);
  }

  [[nodiscard]] Layout open(Changes changes = Changes::foreseen) const {
    return Layout::open(path_, {.durability = fs::Durability::unsynced,
                                .log = &log_,
                                .changes = changes,
                                .temporary_directory = scratch_});
  }

  test::TemporaryDirectory directory_;
  path path_;
  path scratch_;
  mutable test::RecordingLog log_;
};

/// All that a layout can be asked to do; what it leads to is told as lines.
std::vector<std::string> change_everything(Layout& layout) {
  layout.require_writable();
  layout.hold_blobs();
  const auto large =
      test::put_document(layout, "a/b", test::sample_bytes(3 * Spool::most_in_memory_bytes));
  const auto image = test::ExampleImage{.layer = "new"}.put(layout);
  test::put_document(layout, "a/b", "of another algorithm", digest::Algorithm::sha512);
  test::tag(layout, "old", image);
  test::tag(layout, "new", large);
  layout.update_index([](oci::Index& index) { remove_ref(index, "gone"); });
  const GarbageReport report = collect_garbage(layout, silent_log());
  std::vector<std::string> facts;
  facts.reserve(report.removed.size());
  for (const StoredBlob& blob : report.removed) facts.push_back("removed " + blob.digest.text());
  for (const auto& path : report.removed_temporary_files) facts.push_back("removed " + path);
  for (const auto& path : report.removed_work_directories) facts.push_back("removed " + path);
  for (const oci::Descriptor& entry : layout.read_index().manifests) {
    facts.push_back("entry " + entry.to_json().dump());
  }
  for (const auto algorithm : all_algorithms) {
    const auto listing = layout.driver().list_blobs(algorithm);
    if (!listing) continue;
    for (const auto& listed : listing->blobs) facts.push_back(listed.blob.digest.text());
  }
  return facts;
}

TEST_F(OverlayDriverTest, LeavesWhatIsBelowAsItIsAndForetellsIt) {
  {
    Layout layout = open(Changes::kept);
    test::tag(layout, "old", test::ExampleImage{.layer = "old"}.put(layout));
    test::tag(layout, "gone", test::ExampleImage{.layer = "gone"}.put(layout));
    layout.blobs().put("orphan");
  }
  std::filesystem::create_directories(path_ / ".umoci-1/deep");
  test::write_file(path_ / "blobs/sha256/.umoci-blob-0123456789", "half");
  const auto before = tree_state(path_);
  std::vector<std::string> foretold;
  {
    Layout layout = open();
    foretold = change_everything(layout);
    EXPECT_EQ(tree_state(path_), before);
    EXPECT_TRUE(std::filesystem::is_empty(scratch_));
  }
  EXPECT_EQ(tree_state(path_), before);
  Layout layout = open(Changes::kept);
  EXPECT_EQ(change_everything(layout), foretold);
  EXPECT_NE(tree_state(path_), before);
}

TEST_F(OverlayDriverTest, TellsWhatWouldBeWrittenAndWhatNamesWouldMean) {
  const oci::Descriptor old = [&] {
    Layout layout = open(Changes::kept);
    const auto image = test::ExampleImage{.layer = "old"}.put(layout);
    test::tag(layout, "t", image);
    return image;
  }();
  Layout layout = open();
  EXPECT_THAT(layout.foreseen()->written, IsEmpty());
  EXPECT_THAT(layout.foreseen()->refs, IsEmpty());
  // What is there already is not written again.
  static_cast<void>(test::ExampleImage{.layer = "old"}.put(layout));
  const StoredBlob second = layout.blobs().put("second");
  const StoredBlob first = layout.blobs().put("first");
  layout.blobs().put("second");
  const StoredBlob garbage = layout.blobs().put("garbage");
  oci::Descriptor target = old;
  target.digest = first.digest;
  test::tag(layout, "t", target);
  target.digest = second.digest;
  test::tag(layout, "t", target);
  layout.driver().remove_blob(garbage.digest);
  const auto foreseen = layout.foreseen();
  ASSERT_TRUE(foreseen);
  ASSERT_EQ(foreseen->written.size(), 2U);
  EXPECT_EQ(foreseen->written[0].digest, second.digest);
  EXPECT_EQ(foreseen->written[0].size_bytes, 6U);
  EXPECT_EQ(foreseen->written[1].digest, first.digest);
  ASSERT_EQ(foreseen->refs.size(), 1U);
  EXPECT_EQ(foreseen->refs[0].name, "t");
  EXPECT_THAT(foreseen->refs[0].before, ElementsAre(old.digest));
  EXPECT_THAT(foreseen->refs[0].after, ElementsAre(second.digest));
}

TEST_F(OverlayDriverTest, SeesWhatChangesBelowUntilItsOwnChange) {
  Layout layout = open();
  Layout other = open(Changes::kept);
  test::tag(other, "theirs", test::ExampleImage().put(other));
  EXPECT_EQ(ref_names(layout.read_index()).size(), 1U);
  EXPECT_EQ(layout.blobs().find(layout.read_index().manifests.at(0).digest),
            layout.read_index().manifests.at(0).size_bytes);
  test::tag(layout, "ours", {});
  test::tag(other, "later", {});
  EXPECT_THAT(ref_names(layout.read_index()), ElementsAre("theirs", "ours"));
  EXPECT_THAT(ref_names(other.read_index()), ElementsAre("theirs", "later"));
}

TEST_F(OverlayDriverTest, WaitsForNoWriter) {
  Layout writer = open(Changes::kept);
  writer.hold_blobs();
  const auto blob = writer.blobs().create();
  writer.update_index([&](oci::Index&) {
    // Under the index lock of the writer.
    Layout layout = Layout::open(path_, {.lock_timeout = std::chrono::milliseconds(0),
                                         .changes = Changes::foreseen,
                                         .temporary_directory = {}});
    test::tag(layout, "t", test::ExampleImage().put(layout));
    EXPECT_EQ(layout.foreseen()->refs.size(), 1U);
  });
}

TEST_F(OverlayDriverTest, NoRoomForALargeBlobIsToldAndHarmsNothing) {
  if (!test::can_mount()) GTEST_SKIP() << "needs the right to mount";
  test::in_child_process([&] {
    ASSERT_TRUE(test::enter_mount_namespace());
    ASSERT_EQ(::mount("tmpfs", scratch_.c_str(), "tmpfs", 0, "size=1m"), 0);
    const auto before = tree_state(path_);
    Layout layout = open();
    const std::string large(3 * Spool::most_in_memory_bytes, 'x');
    EXPECT_ERROR(no_space, "temporary file in \"" + scratch_.string(), layout.blobs().put(large));
    EXPECT_EQ(layout.blobs().find(digest::digest_of(large)), std::nullopt);
    // What is small needs no room there.
    test::tag(layout, "t", test::ExampleImage().put(layout));
    EXPECT_EQ(layout.foreseen()->written.size(), 3U);
    EXPECT_EQ(tree_state(path_), before);
  });
}

TEST_F(OverlayDriverTest, GarbageOfAReadOnlyLayoutIsToldAllTheSame) {
  if (!test::is_real_root()) GTEST_SKIP() << "needs root to become somebody else";
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  open(Changes::kept).blobs().put("orphan");
  test::in_child_process([&] {
    test::become_plain_user();
    Layout layout = open();
    EXPECT_EQ(collect_garbage(layout, log_).removed.size(), 1U);
  });
}

/// Another place to keep a layout: one blob and an index, neither of which can be changed.
class FixedDriver final : public Driver {
 public:
  explicit FixedDriver(std::unique_ptr<Driver> blobs)
      : Driver(blobs->limits(), blobs->stop(), blobs->log()), blobs_(std::move(blobs)) {}

  [[nodiscard]] Capabilities capabilities() const override { return {.streaming = true}; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept override { return path_; }
  [[nodiscard]] BlobStore& blobs() noexcept override { return blobs_->blobs(); }
  [[nodiscard]] const BlobStore& blobs() const noexcept override { return blobs_->blobs(); }
  [[nodiscard]] std::string read_start(const digest::Digest& digest,
                                       std::size_t count) const override {
    return blobs_->read_start(digest, count);
  }
  [[nodiscard]] std::string read_index() const override { return oci::Index().dump(); }
  void update_index(const IndexOperation& /*operation*/) override { require_writable({}); }
  void require_writable(Writes /*writes*/) const override {
    throw Error(ErrorKind::unsupported, "cannot be written");
  }
  void hold_blobs() override {}
  [[nodiscard]] std::set<digest::Digest> unsettled_blobs() const override { return {}; }

 private:
  std::unique_ptr<Driver> blobs_;
  std::filesystem::path path_ = "elsewhere";
};

TEST_F(OverlayDriverTest, AbilitiesAreThoseOfTheDriverBelow) {
  const StoredBlob blob = open(Changes::kept).blobs().put("text");
  for (const Changes changes : {Changes::kept, Changes::foreseen}) {
    const LayoutOptions options;
    auto fixed = std::make_unique<FixedDriver>(std::make_unique<DirectoryDriver>(path_, options));
    Layout layout(std::move(fixed), {.changes = changes, .temporary_directory = {}});
    EXPECT_EQ(layout.path(), "elsewhere");
    EXPECT_EQ(layout.driver().capabilities(), Capabilities{.streaming = true});
    EXPECT_EQ(layout.blobs().find(blob.digest), 4U);
    EXPECT_EQ(layout.driver().read_start(blob.digest, 2), "te");
    EXPECT_THAT(ref_names(layout.read_index()), IsEmpty());
    EXPECT_ERROR(unsupported, "cannot be written", layout.require_writable());
    EXPECT_ERROR(unsupported, "cannot be written", test::tag(layout, "t", {}));
    EXPECT_ERROR(unsupported, "elsewhere", collect_garbage(layout, log_));
    EXPECT_ERROR(unsupported, "elsewhere", layout.driver().list_blobs(digest::Algorithm::sha256));
    EXPECT_FALSE(layout.is_work_directory(1, 2));
  }
}

}  // namespace
}  // namespace umoci::store
