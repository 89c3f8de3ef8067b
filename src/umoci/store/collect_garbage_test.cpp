// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/collect_garbage.hpp>

#include <umoci_test/child_process.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>

namespace umoci::store {
namespace {

using std::filesystem::path;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class GarbageTest : public testing::Test {
 protected:
  GarbageTest() : path_(directory_ / "layout") {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
  }

  [[nodiscard]] Layout open(Changes changes = Changes::kept) const {
    return Layout::open(path_,
                        {.durability = fs::Durability::unsynced, .log = &log_, .changes = changes});
  }
  GarbageReport collect(Changes changes = Changes::kept) {
    Layout layout = open(changes);
    return collect_garbage(layout, log_);
  }
  [[nodiscard]] path file_of(const digest::Digest& digest) const {
    return path_ / "blobs" / std::string(digest.algorithm_name()) / std::string(digest.encoded());
  }
  /// Everything below blobs, relative to the layout.
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_ / "blobs")) {
      if (!std::filesystem::is_directory(entry.symlink_status())) {
        names.insert(std::filesystem::relative(entry.path().parent_path(), path_).string() + '/' +
                     entry.path().filename().string());
      }
    }
    return names;
  }
  /// Stores an image under a name, through a layout that is closed again.
  oci::Descriptor add_image(std::string_view name, const test::ExampleImage& image = {}) {
    Layout layout = open();
    const oci::Descriptor manifest = image.put(layout);
    test::tag(layout, name, manifest);
    return manifest;
  }
  oci::Descriptor add_orphan(std::string_view text, digest::Algorithm algorithm = {}) {
    Layout layout = open();
    return test::put_document(layout, "a/b", text, algorithm);
  }
  /// Makes `name` mean what `make` puts into a layout.
  template <class Make>
  oci::Descriptor add(std::string_view name, Make make) {
    Layout layout = open();
    const oci::Descriptor root = make(layout);
    test::tag(layout, name, root);
    return root;
  }

  test::TemporaryDirectory directory_;
  path path_;
  mutable test::RecordingLog log_;
};

TEST_F(GarbageTest, OrphansGoAndTheRestStays) {
  add_image("t");
  const auto before = files();
  const auto small = add_orphan("orphan");
  const auto other = add_orphan("orphan", digest::Algorithm::sha512);
  const GarbageReport report = collect();
  ASSERT_EQ(report.removed.size(), 2U);
  EXPECT_EQ(report.removed[0].digest, small.digest);
  EXPECT_EQ(report.removed[0].size_bytes, 6U);
  EXPECT_EQ(report.removed[1].digest, other.digest);
  EXPECT_EQ(report.kept_blobs, 3U);
  EXPECT_EQ(files(), before);
  std::uint64_t bytes = 0;
  for (const auto& name : before) bytes += std::filesystem::file_size(path_ / name);
  EXPECT_EQ(report.kept_bytes, bytes);
  EXPECT_THAT(collect().removed, IsEmpty());
}

TEST_F(GarbageTest, WithoutTagsNothingStays) {
  add_image("t");
  {
    Layout layout = open();
    layout.update_index([](oci::Index& index) { remove_ref(index, "t"); });
  }
  EXPECT_EQ(collect().removed.size(), 3U);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(GarbageTest, EntriesWithoutANameCount) {
  const oci::Descriptor image = add_image("t");
  {
    Layout layout = open();
    layout.update_index([&](oci::Index& index) { index.manifests = {image}; });
  }
  EXPECT_THAT(collect().removed, IsEmpty());
  EXPECT_EQ(files().size(), 3U);
}

TEST_F(GarbageTest, NestedIndexesAndDescriptorDocumentsAreFollowed) {
  add("t", [](Layout& layout) {
    const auto image = test::ExampleImage().put(layout);
    const auto pointer =
        test::put_document(layout, oci::media_type::descriptor, image.to_json().dump());
    return test::put_index(layout, {test::put_index(layout, {pointer}), pointer});
  });
  EXPECT_THAT(collect().removed, IsEmpty());
  EXPECT_EQ(files().size(), 6U);
}

TEST_F(GarbageTest, SubjectsAreFollowedButMayBeMissing) {
  const auto with_subject = [](Layout& layout, const oci::Descriptor& subject) {
    oci::Manifest manifest;
    manifest.config = test::put_document(layout, oci::media_type::empty, "{}");
    manifest.subject = subject;
    return test::put_document(layout, oci::media_type::manifest, manifest.dump());
  };
  add("t", [&](Layout& layout) { return with_subject(layout, test::ExampleImage().put(layout)); });
  EXPECT_THAT(collect().removed, IsEmpty());
  EXPECT_EQ(files().size(), 5U);

  add("t", [&](Layout& layout) {
    oci::Descriptor missing = test::ExampleImage().put(layout);
    missing.digest = digest::digest_of("missing");
    return with_subject(layout, missing);
  });
  EXPECT_EQ(collect().removed.size(), 4U);
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(GarbageTest, ASubjectThatIsThereMustBeWhole) {
  add_orphan("orphan");
  add("t", [&](Layout& layout) {
    oci::Manifest manifest;
    manifest.config = test::put_document(layout, oci::media_type::empty, "{}");
    manifest.subject = test::put_document(layout, oci::media_type::manifest, "damaged");
    return test::put_document(layout, oci::media_type::manifest, manifest.dump());
  });
  const auto before = files();
  EXPECT_ERROR(invalid_data, "", collect());
  EXPECT_EQ(files(), before);
}

// D-09
TEST_F(GarbageTest, DockersImagesKeepTheirParts) {
  add("t", [](Layout& layout) {
    oci::Manifest manifest;
    manifest.media_type = "application/vnd.docker.distribution.manifest.v2+json";
    manifest.config = test::put_document(layout, "application/vnd.docker.container.image.v1+json",
                                         "{\"config\":{}}");
    manifest.layers.push_back(
        test::put_document(layout, "application/vnd.docker.image.rootfs.diff.tar.gzip", "layer"));
    oci::Index list;
    list.media_type = "application/vnd.docker.distribution.manifest.list.v2+json";
    list.manifests.push_back(test::put_document(layout, manifest.media_type, manifest.dump()));
    return test::put_document(layout, list.media_type, list.dump());
  });
  EXPECT_THAT(collect().removed, IsEmpty());
  EXPECT_EQ(files().size(), 4U);
}

TEST_F(GarbageTest, DocumentsOfUnknownTypeAreLookedInto) {
  for (const char* type : {"", "application/octet-stream"}) {
    add("t", [&](Layout& layout) {
      oci::Descriptor image = test::ExampleImage().put(layout);
      image.media_type = type;
      oci::Index index;
      index.manifests = {image};
      return test::put_document(layout, type, "  \n" + index.dump());
    });
    collect();
    EXPECT_EQ(files().size(), 4U) << type;
  }
}

TEST_F(GarbageTest, WhatOnlyLooksLikeADocumentIsALeaf) {
  for (const char* text : {"{", "{\"manifests\":1}", "{\"config\":1,\"layers\":[]}", "{}", "[]",
                           "{\"schemaVersion\":2,\"manifests\":[],\"config\":{}}", "text", ""}) {
    for (const char* type : {"", "text/plain"}) {
      add("t", [&](Layout& layout) { return test::put_document(layout, type, text); });
      EXPECT_EQ(collect().kept_blobs, 1U) << text;
    }
  }
}

TEST_F(GarbageTest, LayersAreNotOpened) {
  const auto image = add_image("t", {.layer = "{\"manifests\":[]"});
  const path layer = file_of(digest::digest_of("{\"manifests\":[]"));
  std::filesystem::remove(layer);
  // To open it would block.
  ASSERT_EQ(::mkfifo(layer.c_str(), 0666), 0);
  EXPECT_THAT(collect().removed, IsEmpty());
  std::filesystem::remove(layer);
  EXPECT_THAT(collect().removed, IsEmpty());
}

TEST_F(GarbageTest, AMissingConfigurationDrawsAWarning) {
  add_image("t");
  const auto config = digest::digest_of(test::ExampleImage().config().dump());
  ASSERT_TRUE(std::filesystem::remove(file_of(config)));
  add_orphan("orphan");
  EXPECT_EQ(collect().removed.size(), 1U);
  EXPECT_THAT(log_.warnings(),
              Contains(HasSubstr("configuration is missing digest=" + config.text())));
  // A damaged one is nobody's business here.
  test::write_file(file_of(config), "damaged");
  EXPECT_THAT(collect().removed, IsEmpty());
}

TEST_F(GarbageTest, NothingIsDeletedWhenInDoubt) {
  const auto image = add_image("tag");
  add("nested", [&](Layout& layout) { return test::put_index(layout, {image}); });
  add_orphan("orphan");
  std::filesystem::create_directory(path_ / ".umoci-123");
  const auto before = files();
  const std::string manifest = test::read_file(file_of(image.digest));
  const std::string index = test::read_file(path_ / "index.json");

  std::filesystem::remove(file_of(image.digest));
  EXPECT_ERROR(not_found, image.digest.text(), collect());
  EXPECT_ERROR(not_found, "tag \"tag\": manifest", collect());
  for (const std::string& damaged : {manifest + " ", manifest.substr(1), std::string("x")}) {
    test::write_file(file_of(image.digest), damaged);
    EXPECT_ERROR(corrupt, image.digest.text(), collect());
  }
  test::write_file(file_of(image.digest), manifest);
  for (const char* text : {"", "garbage", "{\"manifests\":1}", "{\"config\":{}}"}) {
    test::write_file(path_ / "index.json", text);
    EXPECT_ERROR(invalid_data, "index.json", collect());
  }
  for (const char* digest : {"nodigest", "blake3:abc"}) {
    oci::Index wrong;
    wrong.manifests = {image};
    wrong.manifests[0].digest = digest::Digest(digest);
    test::write_file(path_ / "index.json", wrong.dump());
    EXPECT_TRUE(test::outcome_of([&] { collect(); }).has_thrown) << digest;
  }
  {
    Layout layout = open();
    std::filesystem::remove(path_ / "index.json");
    EXPECT_ERROR(not_found, "index.json", collect_garbage(layout, log_));
  }
  test::write_file(path_ / "index.json", index);
  EXPECT_EQ(files(), before);
  EXPECT_TRUE(std::filesystem::exists(path_ / ".umoci-123"));
  EXPECT_EQ(collect().removed.size(), 1U);
}

TEST_F(GarbageTest, EmbeddedDocumentsAreFollowed) {
  add("t", [](Layout& layout) {
    oci::Descriptor image = test::ExampleImage().put(layout);
    image.data = layout.blobs().read_document(image);
    return image;
  });
  const auto image = open().read_index().manifests.at(0);
  std::filesystem::remove(file_of(image.digest));
  EXPECT_THAT(collect().removed, IsEmpty());
  EXPECT_EQ(files().size(), 2U);
  add("t", [&](Layout&) {
    oci::Descriptor wrong = image;
    *wrong.data += ' ';
    return wrong;
  });
  EXPECT_ERROR(corrupt, "embedded", collect());
}

// D-11: 2^60 ways lead to one image.
TEST_F(GarbageTest, SharedTreesTakeNoTime) {
  add("t", [](Layout& layout) {
    oci::Descriptor tree = test::ExampleImage().put(layout);
    for (int level = 0; level < 60; ++level) tree = test::put_index(layout, {tree, tree});
    return tree;
  });
  EXPECT_EQ(collect().kept_blobs, 63U);
}

TEST_F(GarbageTest, DepthAndNumberAreLimited) {
  add("t", [](Layout& layout) {
    oci::Descriptor tree = test::ExampleImage().put(layout);
    for (int level = 0; level < 64; ++level) tree = test::put_index(layout, {tree});
    return tree;
  });
  EXPECT_NO_THROW(collect());
  LayoutOptions options;
  options.limits.graph_nodes = 66;
  Layout layout = Layout::open(path_, options);
  EXPECT_ERROR(limit_exceeded, "graph_nodes", collect_garbage(layout, log_));
  add("t", [&](Layout& deeper) {
    return test::put_index(deeper, {deeper.read_index().manifests.at(0)});
  });
  EXPECT_ERROR(limit_exceeded, "index_depth", collect());
}

TEST_F(GarbageTest, ChainsOfSubjectsMayBeLong) {
  add("t", [](Layout& layout) {
    oci::Manifest manifest;
    manifest.config = test::put_document(layout, oci::media_type::empty, "{}");
    for (int i = 0; i < 200; ++i) {
      manifest.subject = test::put_document(layout, oci::media_type::manifest, manifest.dump());
    }
    return *manifest.subject;
  });
  EXPECT_EQ(collect().kept_blobs, 201U);
}

// D-16
TEST_F(GarbageTest, ForeignFilesAreLeftAlone) {
  const auto orphan = add_orphan("orphan", digest::Algorithm::sha256);
  const std::string name(64, 'a');
  for (const char* foreign : {"6junk", ".hidden", "5891B5", "oci-put-blob123"}) {
    test::write_file(path_ / "blobs/sha256" / foreign, "x");
  }
  test::write_file(path_ / "blobs/sha256" / std::string(64, 'A'), "x");
  test::write_file(path_ / "blobs/sha256" / std::string(65, 'a'), "x");
  std::filesystem::create_directory(path_ / "blobs/sha256" / name);
  ASSERT_EQ(::mkfifo((path_ / "blobs/sha256" / std::string(64, 'b')).c_str(), 0666), 0);
  std::filesystem::create_directory(path_ / "blobs/blake3");
  test::write_file(path_ / "blobs/blake3" / name, "x");
  test::write_file(path_ / "manifest.json", "[]");
  const GarbageReport report = collect();
  ASSERT_EQ(report.removed.size(), 1U);
  EXPECT_EQ(report.removed[0].digest, orphan.digest);
  EXPECT_THAT(report.skipped, testing::SizeIs(8));
  EXPECT_THAT(report.skipped, Contains("blobs/sha256/6junk"));
  EXPECT_THAT(log_.warnings(), Contains(HasSubstr("path=blobs/sha256/6junk")));
  EXPECT_EQ(files().size(), 8U);
  EXPECT_TRUE(std::filesystem::exists(path_ / "blobs/sha256" / name));
  EXPECT_TRUE(std::filesystem::exists(path_ / "manifest.json"));
}

TEST_F(GarbageTest, OfALinkedBlobTheLinkGoes) {
  const auto orphan = add_orphan("orphan");
  std::filesystem::rename(file_of(orphan.digest), directory_ / "cache");
  std::filesystem::create_symlink(directory_ / "cache", file_of(orphan.digest));
  EXPECT_EQ(collect().removed.size(), 1U);
  EXPECT_FALSE(std::filesystem::is_symlink(file_of(orphan.digest)));
  EXPECT_TRUE(std::filesystem::exists(directory_ / "cache"));
}

TEST_F(GarbageTest, BehindALinkNothingIsDeleted) {
  add_orphan("orphan");
  for (const char* link : {"blobs/sha256", "blobs"}) {
    std::filesystem::rename(path_ / link, directory_ / "shared");
    std::filesystem::create_directory_symlink(directory_ / "shared", path_ / link);
    const GarbageReport report = collect();
    EXPECT_THAT(report.removed, IsEmpty());
    EXPECT_EQ(report.kept_blobs, 0U);
    EXPECT_THAT(log_.others(), Contains(HasSubstr("behind a link")));
    std::filesystem::remove(path_ / link);
    std::filesystem::rename(directory_ / "shared", path_ / link);
  }
  EXPECT_EQ(collect().removed.size(), 1U);
}

TEST_F(GarbageTest, WorkDirectoriesOfTheDeadAreRemoved) {
  std::filesystem::create_directories(path_ / ".umoci-1/deep/er");
  test::write_file(path_ / ".umoci-1/deep/er/file", "x");
  test::write_file(path_ / ".umoci-2", "x");
  std::filesystem::create_directory_symlink(directory_.path(), path_ / ".umoci-3");
  std::filesystem::create_symlink("nowhere", path_ / ".umoci-4");
  std::filesystem::create_directory(path_ / ".umoc-5");
  std::filesystem::create_directory(path_ / ".umoci-6");
  const int fd = ::open((path_ / ".umoci-6").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  EXPECT_THAT(collect().removed_work_directories,
              ElementsAre(".umoci-1", ".umoci-2", ".umoci-3", ".umoci-4"));
  EXPECT_TRUE(std::filesystem::exists(path_ / ".umoc-5"));
  EXPECT_TRUE(std::filesystem::exists(path_ / ".umoci-6"));
  EXPECT_TRUE(std::filesystem::exists(path_ / "index.json"));
  ::close(fd);
  EXPECT_THAT(collect().removed_work_directories, ElementsAre(".umoci-6"));
}

TEST_F(GarbageTest, WhatAKilledWriterLeftIsRemoved) {
  const std::string died = test::in_child([&] {
    Layout layout = open();
    layout.blobs().put("orphan");
    const auto writer = layout.blobs().create();
    writer->write(io::as_bytes("half"));
    writer->finish();
    ::raise(SIGKILL);
    return std::string();
  });
  EXPECT_EQ(died, "signal 9");
  test::write_file(path_ / "blobs/sha256/.umoci-blob-0123456789", "half");
  const GarbageReport report = collect();
  EXPECT_EQ(report.removed.size(), 1U);
  EXPECT_EQ(report.removed_work_directories.size(), 1U);
  EXPECT_THAT(report.skipped, IsEmpty());
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(GarbageTest, WaitsForLivingWriters) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  test::ChildProcess writer([&] {
    Layout layout = open();
    const oci::Descriptor image = test::ExampleImage().put(layout);
    static_cast<void>(::write(ready[1], "x", 1));
    ::usleep(300'000);
    test::tag(layout, "t", image);
    return std::string("done");
  });
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THAT(collect().removed, IsEmpty());
  EXPECT_EQ(files().size(), 3U);
  EXPECT_EQ(writer.wait(), "done");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(GarbageTest, ADryRunTellsWhatWouldGoAndRemovesNothing) {
  add_image("t");
  const auto orphan = add_orphan("orphan");
  std::filesystem::create_directories(path_ / ".umoci-1/deep");
  test::write_file(path_ / "blobs/sha256/.umoci-blob-0123456789", "half");
  test::write_file(path_ / "blobs/sha256/foreign", "x");
  const auto before = files();
  const GarbageReport foreseen = collect(Changes::foreseen);
  EXPECT_EQ(files(), before);
  EXPECT_TRUE(std::filesystem::exists(path_ / ".umoci-1/deep"));
  ASSERT_EQ(foreseen.removed.size(), 1U);
  EXPECT_EQ(foreseen.removed[0].digest, orphan.digest);
  EXPECT_EQ(foreseen.removed[0].size_bytes, 6U);
  EXPECT_THAT(foreseen.removed_work_directories, ElementsAre(".umoci-1"));
  EXPECT_THAT(foreseen.removed_temporary_files, ElementsAre("blobs/sha256/.umoci-blob-0123456789"));
  EXPECT_THAT(log_.warnings(), ElementsAre(HasSubstr("path=blobs/sha256/foreign")));
  const GarbageReport done = collect();
  EXPECT_EQ(done.removed.size(), 1U);
  EXPECT_EQ(done.removed_work_directories, foreseen.removed_work_directories);
  EXPECT_EQ(done.removed_temporary_files, foreseen.removed_temporary_files);
  EXPECT_EQ(done.skipped, foreseen.skipped);
  EXPECT_EQ(done.kept_blobs, foreseen.kept_blobs);
  EXPECT_EQ(done.kept_bytes, foreseen.kept_bytes);
  EXPECT_THAT(files(), testing::SizeIs(before.size() - 2));
}

TEST_F(GarbageTest, ADryRunNeitherWaitsForWritersNorCondemnsWhatTheyWrite) {
  Layout writer = open();
  const oci::Descriptor image = test::ExampleImage().put(writer);
  const LayoutOptions options{
      .log = &log_, .lock_timeout = std::chrono::milliseconds(0), .changes = Changes::foreseen};
  Layout layout = Layout::open(path_, options);
  const GarbageReport report = collect_garbage(layout, log_);
  EXPECT_THAT(report.removed, IsEmpty());
  EXPECT_THAT(report.spared, testing::SizeIs(3));
  EXPECT_THAT(report.removed_work_directories, IsEmpty());
  // Nor does it keep the writer from what comes next.
  test::tag(writer, "t", image);
  Layout later = Layout::open(path_, options);
  EXPECT_EQ(collect_garbage(later, log_).kept_blobs, 3U);
}

TEST_F(GarbageTest, ADryRunOfALayoutThatIsWritingKeepsItsLock) {
  Layout layout = open(Changes::foreseen);
  const StoredBlob blob = layout.blobs().put("blob");
  EXPECT_THAT(collect_garbage(layout, log_).removed, IsEmpty());
  Layout other = Layout::open(path_, {.log = &log_, .lock_timeout = std::chrono::milliseconds(0)});
  EXPECT_ERROR(conflict, "store lock", collect_garbage(other, log_));
  EXPECT_EQ(layout.blobs().find(blob.digest), 4U);
}

TEST_F(GarbageTest, GivesUpWaitingWhenToldTo) {
  Layout writer = open();
  writer.blobs().put("x");
  Layout layout = Layout::open(path_, {.log = &log_, .lock_timeout = std::chrono::milliseconds(0)});
  EXPECT_ERROR(conflict, "store lock", collect_garbage(layout, log_));
  Layout patient =
      Layout::open(path_, {.log = &log_, .lock_timeout = std::chrono::milliseconds(1200)});
  EXPECT_ERROR(conflict, "store lock", collect_garbage(patient, log_));
  EXPECT_THAT(log_.warnings(), Contains(HasSubstr("waiting for another process")));
  writer.update_index([](oci::Index&) {});
  EXPECT_EQ(collect_garbage(layout, log_).removed.size(), 1U);
}

TEST_F(GarbageTest, HoldingBlobsKeepsCollectorsWaiting) {
  LayoutOptions options{.lock_timeout = std::chrono::milliseconds(0)};
  Layout collector = Layout::open(path_, options);
  {
    const Layout reader = open();
    reader.hold_blobs();
    EXPECT_ERROR(conflict, "store lock", collect_garbage(collector, log_));
    EXPECT_FALSE(std::filesystem::exists(path_ / ".umoci-"));
  }
  EXPECT_NO_THROW(collect_garbage(collector, log_));
}

TEST_F(GarbageTest, ALayoutThatIsWritingMayCollectItself) {
  const auto orphan = add_orphan("orphan");
  Layout layout = open();
  const oci::Descriptor image = test::ExampleImage().put(layout);
  const auto writer = layout.blobs().create();
  writer->write(io::as_bytes("later"));
  const GarbageReport report = collect_garbage(layout, log_);
  ASSERT_EQ(report.removed.size(), 1U);
  EXPECT_EQ(report.removed[0].digest, orphan.digest);
  EXPECT_THAT(report.removed_work_directories, IsEmpty());
  EXPECT_THAT(report.spared, IsEmpty());
  writer->commit();
  test::tag(layout, "t", image);
  EXPECT_EQ(collect_garbage(layout, log_).removed.size(), 1U);  // "later"
  // Its lock is still a shared one: others may write, but not collect, until the update.
  Layout other = Layout::open(path_, {.lock_timeout = std::chrono::milliseconds(0)});
  other.blobs().put("other");
}

TEST_F(GarbageTest, AWriterThatOutlastsAnUpdateDoesNotBlockItsOwnCollector) {
  Layout layout = Layout::open(path_, {.log = &log_, .lock_timeout = std::chrono::milliseconds(0)});
  const auto writer = layout.blobs().create();
  writer->write(io::as_bytes("later"));
  test::tag(layout, "t", test::ExampleImage().put(layout));
  EXPECT_THAT(collect_garbage(layout, log_).removed, IsEmpty());
  writer->commit();
  EXPECT_EQ(files().size(), 4U);
}

TEST_F(GarbageTest, YoungBlobsOfProgramsWithoutOurLockAreSpared) {
  const auto old = add_orphan("old");
  const timespec times[2] = {{.tv_sec = 1000, .tv_nsec = 0}, {.tv_sec = 1000, .tv_nsec = 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, file_of(old.digest).c_str(), times, 0), 0);
  std::filesystem::create_directory(path_ / ".umoci-1234567890");
  const int fd = ::open((path_ / ".umoci-1234567890").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  test::write_file(path_ / "blobs/sha256" / std::string(64, 'a'), "young");
  struct statx status{};
  const bool has_birth_time = ::statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &status) == 0 &&
                              (status.stx_mask & STATX_BTIME) != 0;
  const GarbageReport report = collect();
  EXPECT_EQ(report.removed.size(), has_birth_time ? 1U : 0U);
  EXPECT_EQ(report.spared.size(), has_birth_time ? 1U : 2U);
  EXPECT_THAT(log_.warnings(), Contains(HasSubstr("another program is writing")));
  ::close(fd);
  EXPECT_EQ(collect().removed.size(), has_birth_time ? 1U : 2U);
}

TEST_F(GarbageTest, NeedsNoRightsWhenThereIsNothingToDelete) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  add_image("t");
  const auto as_nobody = [&](Changes changes = Changes::kept) {
    return test::in_child([&]() -> std::string {
      if (::setresuid(65534, 65534, 65534) != 0) return "setuid";
      const GarbageReport report = collect(changes);
      return std::to_string(report.kept_blobs) + " " + std::to_string(report.removed.size());
    });
  };
  EXPECT_EQ(as_nobody(), "3 0");
  const auto orphan = add_orphan("orphan");
  EXPECT_THAT(as_nobody(), HasSubstr("layout is read-only"));
  EXPECT_EQ(as_nobody(Changes::foreseen), "3 1");
  EXPECT_TRUE(std::filesystem::exists(file_of(orphan.digest)));
}

TEST_F(GarbageTest, UmociAgreesOnWhatIsGarbage) {
  if (!test::has_program("umoci")) GTEST_SKIP() << "umoci is not installed";
  add_image("t", {.layer = "one"});
  add_image("u", {.layer = "two"});
  {
    Layout layout = open();
    layout.update_index([](oci::Index& index) { remove_ref(index, "u"); });
  }
  add_orphan("orphan");
  std::filesystem::copy(path_, directory_ / "copy", std::filesystem::copy_options::recursive);
  const auto run = test::run_program({"umoci", "gc", "--layout", directory_ / "copy"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(collect().removed.size(), 4U);
  std::set<std::string> theirs;
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / "copy/blobs/sha256")) {
    theirs.insert("blobs/sha256/" + entry.path().filename().string());
  }
  EXPECT_EQ(files(), theirs);
}

}  // namespace
}  // namespace umoci::store
