// SPDX-License-Identifier: Apache-2.0

// What every driver promises, on each of them.

#include <umoci/store/collect_garbage.hpp>
#include <umoci/store/directory_driver.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/store/overlay_driver.hpp>
#include <umoci/store/spool.hpp>

#include <umoci_test/child_process.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/sample_bytes.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace umoci::store {
namespace {

using digest::Algorithm;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

enum class Kind { directory, overlay, overlay_of_overlay };

class DriverTest : public testing::TestWithParam<Kind> {
 protected:
  DriverTest() : path_(directory_ / "layout") {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
  }

  /// The directory itself, as others see it.
  [[nodiscard]] Layout open_below() const {
    return Layout::open(path_, {.durability = fs::Durability::unsynced});
  }
  [[nodiscard]] Layout open(LayoutOptions options = {}) const {
    options.durability = fs::Durability::unsynced;
    options.log = &log_;
    if (GetParam() == Kind::directory) return Layout::open(path_, options);
    options.changes = Changes::foreseen;
    if (GetParam() == Kind::overlay) return Layout::open(path_, options);
    auto below = std::make_unique<DirectoryDriver>(path_, options);
    return Layout(std::make_unique<OverlayDriver>(std::move(below), ""), options);
  }
  [[nodiscard]] std::filesystem::path file_of(const digest::Digest& digest) const {
    return path_ / "blobs" / std::string(digest.algorithm_name()) / std::string(digest.encoded());
  }
  static oci::Descriptor describe(const StoredBlob& blob) {
    oci::Descriptor descriptor;
    descriptor.media_type = "a/b";
    descriptor.digest = blob.digest;
    descriptor.size_bytes = static_cast<std::int64_t>(blob.size_bytes);
    return descriptor;
  }
  static std::string read(const Layout& layout, const oci::Descriptor& descriptor) {
    std::string text;
    layout.blobs().read(descriptor, [&](io::Source& source) {
      text = io::read_all(source, 64 * Spool::most_in_memory_bytes);
    });
    return text;
  }
  static std::vector<std::string> names(const Layout& layout) {
    return ref_names(layout.read_index());
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_;
  mutable test::RecordingLog log_;
};

INSTANTIATE_TEST_SUITE_P(All, DriverTest,
                         testing::Values(Kind::directory, Kind::overlay, Kind::overlay_of_overlay),
                         [](const testing::TestParamInfo<Kind>& param) -> std::string {
                           switch (param.param) {
                             case Kind::directory:
                               return "Directory";
                             case Kind::overlay:
                               return "Overlay";
                             default:
                               return "OverlayOfOverlay";
                           }
                         });

TEST_P(DriverTest, CanDoEverything) {
  const Capabilities all{
      .writable = true, .listable = true, .deletable = true, .lockable = true, .streaming = true};
  EXPECT_EQ(open().driver().capabilities(), all);
  EXPECT_EQ(open().foreseen().has_value(), GetParam() != Kind::directory);
  EXPECT_EQ(open().path(), path_);
}

TEST_P(DriverTest, WhatIsPutCanBeReadAndFound) {
  Layout layout = open();
  for (const Algorithm algorithm : {Algorithm::sha256, Algorithm::sha384, Algorithm::sha512}) {
    for (const std::size_t size : {0UL, 6UL, 3 * Spool::most_in_memory_bytes + 1}) {
      const std::string text = test::sample_bytes(size);
      const StoredBlob blob = layout.blobs().put(text, algorithm);
      EXPECT_EQ(blob.digest, digest::digest_of(text, algorithm));
      EXPECT_EQ(blob.size_bytes, size);
      EXPECT_EQ(layout.blobs().find(blob.digest), size);
      EXPECT_TRUE(read(layout, describe(blob)) == text) << size;
      EXPECT_EQ(layout.driver().read_start(blob.digest, 4), text.substr(0, 4));
    }
  }
}

TEST_P(DriverTest, WhatIsNotThereIsMissing) {
  Layout layout = open();
  const oci::Descriptor missing = describe({.digest = digest::digest_of("x"), .size_bytes = 1});
  EXPECT_EQ(layout.blobs().find(missing.digest), std::nullopt);
  EXPECT_ERROR(not_found, missing.digest.text(), read(layout, missing));
  EXPECT_EQ(layout.driver().read_start(missing.digest, 4), "");
}

TEST_P(DriverTest, WhatBreaksTheGrammarIsRefused) {
  Layout layout = open();
  for (const char* text : {"nodigest", "sha256:12", "sha256:../../../../etc/passwd", ""}) {
    const digest::Digest digest{std::string(text)};
    EXPECT_ERROR(invalid_data, "", layout.blobs().find(digest));
    EXPECT_ERROR(invalid_data, "", read(layout, describe({.digest = digest, .size_bytes = 1})));
  }
}

TEST_P(DriverTest, EveryReadIsVerified) {
  const StoredBlob below = open_below().blobs().put("below");
  Layout layout = open();
  const StoredBlob own = layout.blobs().put("own");
  for (const StoredBlob& blob : {below, own}) {
    oci::Descriptor wrong_size = describe(blob);
    ++wrong_size.size_bytes;
    EXPECT_ERROR(corrupt, blob.digest.text(), read(layout, wrong_size));
    oci::Descriptor embedded = describe(blob);
    embedded.data = "other";
    EXPECT_ERROR(corrupt, "embedded", read(layout, embedded));
  }
  test::write_file(file_of(below.digest), "wrong");
  EXPECT_ERROR(corrupt, below.digest.text(), read(layout, describe(below)));
  EXPECT_ERROR(corrupt, below.digest.text(), layout.blobs().read_document(describe(below)));
}

TEST_P(DriverTest, DocumentsAreLimited) {
  LayoutOptions options;
  options.limits.document_bytes = 5;
  Layout layout = open(options);
  EXPECT_EQ(layout.blobs().read_document(describe(layout.blobs().put("12345"))), "12345");
  EXPECT_ERROR(limit_exceeded, "document_bytes",
               layout.blobs().read_document(describe(layout.blobs().put("123456"))));
}

TEST_P(DriverTest, ABlobIsThereOnceCommitted) {
  Layout layout = open();
  const digest::Digest digest = digest::digest_of("text");
  {
    const auto writer = layout.blobs().create();
    writer->write(io::as_bytes("text"));
    writer->finish();
    EXPECT_EQ(layout.blobs().find(digest), std::nullopt);
  }
  EXPECT_EQ(layout.blobs().find(digest), std::nullopt);
  const auto unexpected = layout.blobs().create();
  unexpected->expect({.digest = digest::digest_of("other"), .size_bytes = 4});
  unexpected->write(io::as_bytes("text"));
  EXPECT_ERROR(corrupt, digest.text(), unexpected->commit());
  EXPECT_EQ(layout.blobs().find(digest), std::nullopt);
  const auto expected = layout.blobs().create();
  expected->expect({.digest = digest, .size_bytes = 4});
  expected->write(io::as_bytes("te"));
  expected->write(io::as_bytes("xt"));
  EXPECT_EQ(expected->commit().digest, digest);
  EXPECT_EQ(layout.blobs().find(digest), 4U);
}

TEST_P(DriverTest, AWriterMayOutliveTheLayout) {
  std::unique_ptr<BlobWriter> writer;
  {
    Layout layout = open();
    writer = layout.blobs().create();
  }
  writer->write(io::as_bytes("text"));
  EXPECT_EQ(writer->commit().digest, digest::digest_of("text"));
}

TEST_P(DriverTest, ABlobOfTheWrongSizeIsReplaced) {
  const StoredBlob blob = open_below().blobs().put("text");
  test::write_file(file_of(blob.digest), "te");
  Layout layout = open();
  EXPECT_EQ(layout.blobs().find(blob.digest), 2U);
  layout.blobs().put("text");
  EXPECT_EQ(layout.blobs().find(blob.digest), 4U);
  EXPECT_EQ(read(layout, describe(blob)), "text");
}

TEST_P(DriverTest, TheIndexChangesByOperations) {
  Layout layout = open();
  Layout other = open_below();
  test::tag(other, "theirs", {});
  // Freshly read, whatever was there when the layout was opened.
  test::tag(layout, "one", {});
  test::tag(layout, "two", {});
  EXPECT_THAT(names(layout), ElementsAre("theirs", "one", "two"));
  const std::string before = layout.driver().read_index();
  EXPECT_ERROR(invalid_argument, "no", layout.update_index([](oci::Index& index) {
    index.manifests.clear();
    throw Error(ErrorKind::invalid_argument, "no");
  }));
  layout.update_index([](oci::Index&) {});
  EXPECT_EQ(layout.driver().read_index(), before);
}

TEST_P(DriverTest, ThePreconditionIsAboutTheFreshIndex) {
  LayoutOptions options;
  options.precondition = [](const oci::Index& index) {
    if (!index.manifests.empty()) throw Error(ErrorKind::conflict, "somebody was faster");
  };
  Layout layout = open(options);
  Layout other = open_below();
  test::tag(other, "theirs", {});
  EXPECT_ERROR(conflict, "somebody was faster", test::tag(layout, "ours", {}));
  EXPECT_THAT(names(layout), ElementsAre("theirs"));
  other.update_index([](oci::Index& index) { index.manifests.clear(); });
  test::tag(layout, "ours", {});
  EXPECT_THAT(names(layout), ElementsAre("ours"));
}

TEST_P(DriverTest, NothingOfManyThreadsIsLost) {
  Layout layout = open();
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 8; ++i) {
        const std::string name = std::to_string(thread) + "-" + std::to_string(i);
        test::tag(layout, name, test::ExampleImage{.layer = name}.put(layout));
        layout.blobs().put("the same");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const oci::Index index = layout.read_index();
  EXPECT_EQ(index.manifests.size(), 64U);
  for (const oci::Descriptor& entry : index.manifests) {
    const auto manifest = oci::Manifest::parse(layout.blobs().read_document(entry));
    EXPECT_EQ(read(layout, manifest.layers.at(0)), entry.ref_name());
  }
  // Configurations and manifests differ with the layers.
  EXPECT_EQ(layout.driver().list_blobs(Algorithm::sha256)->blobs.size(), 3 * 64U + 1);
}

TEST_P(DriverTest, ListsBlobsByName) {
  std::vector<std::string> expected;
  Layout below = open_below();
  for (const char* text : {"a", "b", "c"}) {
    expected.push_back(below.blobs().put(text).digest.text());
  }
  test::write_file(path_ / "blobs/sha256/foreign", "x");
  test::write_file(path_ / "blobs/sha256/.umoci-blob-0123456789", "x");
  Layout layout = open();
  for (const char* text : {"b", "d", "e"}) {
    const std::string name = layout.blobs().put(text).digest.text();
    if (std::ranges::find(expected, name) == expected.end()) expected.push_back(name);
  }
  layout.blobs().put("of another algorithm", Algorithm::sha512);
  std::ranges::sort(expected);
  const auto listing = layout.driver().list_blobs(Algorithm::sha256);
  ASSERT_TRUE(listing);
  std::vector<std::string> found;
  for (const ListedBlob& listed : listing->blobs) {
    found.push_back(listed.blob.digest.text());
    EXPECT_EQ(listed.blob.size_bytes, 1U);
    EXPECT_GT(listed.modified_seconds, 1'600'000'000);
  }
  EXPECT_EQ(found, expected);
  EXPECT_THAT(listing->foreign, ElementsAre("blobs/sha256/foreign"));
  EXPECT_EQ(layout.driver().list_blobs(Algorithm::sha512)->blobs.size(), 1U);
  EXPECT_EQ(layout.driver().list_blobs(Algorithm::sha384), std::nullopt);
}

TEST_P(DriverTest, WhatIsRemovedIsGoneUntilItIsPutAgain) {
  const StoredBlob below = open_below().blobs().put("below");
  Layout layout = open();
  const StoredBlob own = layout.blobs().put("own");
  Driver& driver = layout.driver();
  for (const StoredBlob& blob : {below, own}) {
    const std::string text = read(layout, describe(blob));
    driver.remove_blob(blob.digest);
    driver.remove_blob(blob.digest);
    EXPECT_EQ(layout.blobs().find(blob.digest), std::nullopt);
    EXPECT_ERROR(not_found, blob.digest.text(), read(layout, describe(blob)));
    EXPECT_EQ(driver.read_start(blob.digest, 3), "");
    // Embedded data counts in its place.
    oci::Descriptor embedded = describe(blob);
    embedded.data = text;
    EXPECT_EQ(read(layout, embedded), text);
  }
  EXPECT_THAT(driver.list_blobs(Algorithm::sha256)->blobs, IsEmpty());
  layout.blobs().put("below");
  EXPECT_EQ(read(layout, describe(below)), "below");
  EXPECT_EQ(driver.list_blobs(Algorithm::sha256)->blobs.size(), 1U);
}

TEST_P(DriverTest, LeftoversGoOnce) {
  std::filesystem::create_directories(path_ / ".umoci-1/deep");
  test::write_file(path_ / "blobs/sha256/.umoci-blob-0123456789", "half");
  Layout layout = open();
  // A living writer, ours.
  const auto writer = layout.blobs().create();
  Driver& driver = layout.driver();
  std::vector<std::string> paths;
  for (const Leftover& leftover : driver.find_leftovers()) {
    paths.push_back(leftover.path);
    EXPECT_TRUE(driver.remove_leftover(leftover));
  }
  EXPECT_THAT(paths, ElementsAre("blobs/sha256/.umoci-blob-0123456789", ".umoci-1"));
  EXPECT_THAT(driver.find_leftovers(), IsEmpty());
}

TEST_P(DriverTest, GarbageIsCollected) {
  const StoredBlob garbage = open_below().blobs().put("garbage");
  Layout layout = open();
  const oci::Descriptor image = test::ExampleImage().put(layout);
  test::tag(layout, "t", image);
  const StoredBlob late = layout.blobs().put("nothing leads to it yet");
  const GarbageReport first = collect_garbage(layout, log_);
  ASSERT_EQ(first.removed.size(), 1U);
  EXPECT_EQ(first.removed[0].digest, garbage.digest);
  EXPECT_EQ(first.kept_blobs, 4U);
  layout.update_index([](oci::Index& index) { remove_ref(index, "t"); });
  const GarbageReport second = collect_garbage(layout, log_);
  EXPECT_EQ(second.removed.size(), 4U);
  EXPECT_EQ(second.kept_blobs, 0U);
  EXPECT_EQ(layout.blobs().find(late.digest), std::nullopt);
  EXPECT_EQ(layout.blobs().find(image.digest), std::nullopt);
}

TEST_P(DriverTest, DocumentsOfUnknownTypeAreFollowedByTheCollector) {
  Layout layout = open();
  oci::Descriptor image = test::ExampleImage().put(layout);
  image.media_type = "";
  test::tag(layout, "t", image);
  EXPECT_THAT(collect_garbage(layout, log_).removed, IsEmpty());
}

TEST_P(DriverTest, HeldBlobsAreNotCollectedByOthers) {
  const LayoutOptions impatient{.lock_timeout = milliseconds(0)};
  Layout collector = Layout::open(path_, impatient);
  {
    Layout layout = open();
    layout.hold_blobs();
    EXPECT_ERROR(conflict, "store lock", collect_garbage(collector, log_));
  }
  EXPECT_NO_THROW(collect_garbage(collector, log_));
  {
    Layout layout = open();
    layout.blobs().put("x");
    EXPECT_ERROR(conflict, "store lock", collect_garbage(collector, log_));
  }
  EXPECT_NO_THROW(collect_garbage(collector, log_));
  // And the other way round.
  const auto lock = collector.driver().lock_store(LockMode::exclusive);
  EXPECT_ERROR(conflict, "store lock", open(impatient).hold_blobs());
  EXPECT_ERROR(conflict, "store lock", open(impatient).blobs().put("x"));
}

TEST_P(DriverTest, ARequestToStopIsHeeded) {
  std::stop_source stop;
  LayoutOptions options;
  options.stop = stop.get_token();
  Layout layout = open(options);
  const StoredBlob blob = layout.blobs().put("text");
  const auto writer = layout.blobs().create();
  stop.request_stop();
  EXPECT_ERROR(cancelled, "", read(layout, describe(blob)));
  EXPECT_ERROR(cancelled, "", writer->write(io::as_bytes("x")));
}

TEST_P(DriverTest, AReadOnlyLayoutIsToldAsSuch) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  const StoredBlob blob = open_below().blobs().put("text");
  EXPECT_EQ(test::in_child([&]() -> std::string {
              if (::setresuid(65534, 65534, 65534) != 0) return "setuid";
              Layout layout = open();
              if (read(layout, describe(blob)) != "text") return "read";
              const auto fails = [](auto fn) {
                return test::outcome_of(fn).is(ErrorKind::permission, "layout is read-only");
              };
              if (!fails([&] { layout.require_writable(); })) return "require_writable";
              if (!fails([&] { layout.require_writable(Writes::index); })) return "index";
              if (!fails([&] { layout.blobs().put("x"); })) return "put";
              if (!fails([&] { test::tag(layout, "t", {}); })) return "update_index";
              // What changes nothing needs no rights.
              layout.update_index([](oci::Index&) {});
              return "done";
            }),
            "done");
}

}  // namespace
}  // namespace umoci::store
