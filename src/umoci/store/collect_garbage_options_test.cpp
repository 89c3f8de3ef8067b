// SPDX-License-Identifier: Apache-2.0

// Collections that keep or remove more than others, because they were asked to.

#include <umoci/store/collect_garbage.hpp>
#include <umoci/store/ref_name.hpp>

#include <umoci/base/unique_fd.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace umoci::store {
namespace {

using std::filesystem::path;
using test::ExampleImage;
using test::put_document;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Digests = std::vector<std::string>;

class CollectOptionsTest : public testing::Test {
 protected:
  CollectOptionsTest() : path_(directory_ / "layout") {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
  }

  [[nodiscard]] Layout open(Changes changes = Changes::kept) const {
    return Layout::open(path_,
                        {.durability = fs::Durability::unsynced, .log = &log_, .changes = changes});
  }
  /// Runs `fn` with a layout that is closed again.
  template <class Fn>
  auto with_layout(Fn fn) {
    Layout layout = open();
    return fn(layout);
  }
  GarbageReport collect(CollectOptions options = {}, Changes changes = Changes::kept) {
    Layout layout = open(changes);
    return collect_garbage(layout, log_, options);
  }
  GarbageReport foresee(CollectOptions options) {
    return collect(std::move(options), Changes::foreseen);
  }
  static Digests removed(const GarbageReport& report) {
    Digests digests;
    for (const StoredBlob& blob : report.removed) digests.push_back(blob.digest.text());
    return digests;
  }
  [[nodiscard]] path file_of(const oci::Descriptor& blob) const {
    return path_ / "blobs/sha256" / std::string(blob.digest.encoded());
  }
  /// A manifest about `subject` with a part of its own, and neither name nor entry anywhere.
  oci::Descriptor put_referrer(const oci::Descriptor& subject, const std::string& part) {
    return with_layout([&](Layout& layout) {
      oci::Manifest manifest;
      manifest.media_type = oci::media_type::manifest;
      manifest.artifact_type = "application/x";
      manifest.config = put_document(layout, oci::media_type::empty, "{}");
      manifest.layers.push_back(put_document(layout, "application/x", part));
      manifest.subject = subject;
      return put_document(layout, oci::media_type::manifest, manifest.dump());
    });
  }
  oci::Descriptor put_index_about(const oci::Descriptor& subject,
                                  const std::vector<oci::Descriptor>& children) {
    return with_layout([&](Layout& layout) {
      oci::Index index;
      index.media_type = oci::media_type::index;
      index.manifests = children;
      index.subject = subject;
      return put_document(layout, oci::media_type::index, index.dump());
    });
  }
  oci::Descriptor put_image(const std::string& content) {
    return with_layout([&](Layout& layout) { return ExampleImage{.layer = content}.put(layout); });
  }
  void tag(const std::string& name, const oci::Descriptor& target) {
    with_layout([&](Layout& layout) { test::tag(layout, name, target); });
  }
  void write(const std::string& name, std::chrono::seconds age = {}) const {
    test::write_file(path_ / name, "x");
    const auto now = std::chrono::system_clock::now() - age;
    const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                              {.tv_sec = std::chrono::system_clock::to_time_t(now), .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (path_ / name).c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }
  [[nodiscard]] bool is_there(const std::string& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path_ / name));
  }

  test::TemporaryDirectory directory_;
  path path_;
  mutable test::RecordingLog log_;
};

TEST_F(CollectOptionsTest, ReferrersGoUnlessTheyAreToStay) {
  const auto image = put_image("a");
  tag("t", image);
  const auto signature = put_referrer(image, "signature");
  const auto part = digest::digest_of("signature").text();
  EXPECT_THAT(removed(collect({.referrers = Referrers::kept})), IsEmpty());
  const Digests gone = removed(collect());
  EXPECT_THAT(gone,
              UnorderedElementsAre(signature.digest.text(), part, digest::digest_of("{}").text()));
}

TEST_F(CollectOptionsTest, ReferrersOfReferrersStayInWhateverOrderTheyAreFound) {
  const auto image = put_image("a");
  tag("t", image);
  oci::Descriptor last = image;
  // Digests are in no order: one of so many is found before what it is about.
  for (int i = 0; i < 12; ++i) last = put_referrer(last, "part " + std::to_string(i));
  // What a referrer leads to has one, too.
  const auto inner = put_image("inner");
  put_index_about(last, {inner});
  put_referrer(inner, "about what is inside");
  EXPECT_THAT(removed(collect({.referrers = Referrers::kept})), IsEmpty());
  EXPECT_EQ(collect().removed.size(), 12U * 2 + 1 + 3 + 1 + 2);
}

TEST_F(CollectOptionsTest, WhatIsAboutGarbageIsGarbage) {
  tag("t", put_image("a"));
  const auto orphan = put_image("orphan");
  const auto about = put_referrer(orphan, "signature");
  put_referrer(about, "about that");
  oci::Descriptor absent = orphan;
  absent.digest = digest::digest_of("nothing");
  put_referrer(absent, "about nothing");
  EXPECT_EQ(collect({.referrers = Referrers::kept}).removed.size(), 3U + 6 + 1);
}

TEST_F(CollectOptionsTest, OnlyWholeDocumentsAreReferrers) {
  const auto image = put_image("a");
  tag("t", image);
  const auto damaged = put_referrer(image, "signature");
  test::write_file(file_of(damaged), test::read_file(file_of(damaged)) + " ");
  with_layout([&](Layout& layout) {
    put_document(layout, "", R"({"subject":)" + image.to_json().dump() + "}");
    put_document(layout, "", R"({"config":1,"layers":[],"subject":"x"})");
    put_document(layout, "", R"({"config":{},"layers":[],"subject":)");
  });
  const auto report = collect({.referrers = Referrers::kept});
  EXPECT_EQ(report.removed.size(), 6U);
  EXPECT_EQ(report.kept_blobs, 3U);
}

TEST_F(CollectOptionsTest, AMissingSubjectThatIsOwnedElsewhereIsDamage) {
  const auto orphan =
      with_layout([](Layout& layout) { return put_document(layout, "", "orphan"); });
  oci::Descriptor missing;
  missing.media_type = oci::media_type::manifest;
  missing.digest = digest::digest_of("missing");
  const auto owner =
      with_layout([&](Layout& layout) { return test::put_index(layout, {missing}); });
  tag("owner", owner);
  tag("pointer", put_referrer(missing, "signature"));
  const auto expect_nothing_removed = [&] {
    EXPECT_ERROR(not_found, missing.digest.text(), collect());
    EXPECT_TRUE(std::filesystem::exists(file_of(orphan)));
  };
  expect_nothing_removed();
  // Now it is the last one: whichever is looked at first must not matter.
  with_layout([](Layout& layout) {
    layout.update_index([](oci::Index& index) { remove_ref(index, "owner"); });
  });
  tag("owner", owner);
  expect_nothing_removed();
}

TEST_F(CollectOptionsTest, DamageIsPassedOverWithAWarningIfThatIsAsked) {
  const auto lost = put_image("lost");
  const auto kept = put_image("kept");
  tag("lost", lost);
  tag("kept", kept);
  const auto orphan =
      with_layout([](Layout& layout) { return put_document(layout, "", "orphan"); });
  const std::string text = test::read_file(file_of(lost));
  std::filesystem::remove(file_of(lost));
  EXPECT_ERROR(not_found, "tag \"lost\"", collect());
  EXPECT_TRUE(std::filesystem::exists(file_of(orphan)));

  const auto foreseen = foresee({.damage = Damage::passed_over});
  log_.clear();
  const auto report = collect({.damage = Damage::passed_over});
  EXPECT_EQ(removed(report), removed(foreseen));
  // The orphan, and what only the lost manifest led to.
  EXPECT_THAT(removed(report), UnorderedElementsAre(orphan.digest.text(),
                                                    digest::digest_of("lost").text(), testing::_));
  EXPECT_EQ(report.kept_blobs, 3U);
  ASSERT_EQ(log_.warnings().size(), 1U);
  EXPECT_THAT(log_.warnings()[0], HasSubstr("passed over"));
  EXPECT_THAT(log_.warnings()[0], HasSubstr("tag \"lost\": manifest"));
  EXPECT_THAT(log_.warnings()[0], HasSubstr(lost.digest.text()));

  // What is damaged is not removed itself: something leads to it.
  test::write_file(file_of(lost), text + " ");
  EXPECT_ERROR(corrupt, lost.digest.text(), collect());
  EXPECT_THAT(removed(collect({.damage = Damage::passed_over})), IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(file_of(lost)));
}

TEST_F(CollectOptionsTest, WhatADamagedDocumentStillLeadsToStays) {
  const auto image = put_image("a");
  const auto orphan =
      with_layout([](Layout& layout) { return put_document(layout, "", "orphan"); });
  const std::string text = test::read_file(file_of(image));
  auto too_small = image;
  too_small.size_bytes = -1;
  auto other_data = image;
  other_data.data = "{}";
  auto other_type = image;
  other_type.media_type = oci::media_type::index;
  for (const oci::Descriptor& entry : {image, too_small, other_data, other_type}) {
    test::write_file(file_of(image), entry == image ? text + "\n" : text);
    with_layout([&](Layout& layout) {
      layout.update_index([&](oci::Index& index) { index.manifests = {entry}; });
    });
    EXPECT_ANY_THROW(collect());
    EXPECT_THAT(removed(foresee({.damage = Damage::passed_over})),
                testing::ElementsAre(orphan.digest.text()));
  }
}

TEST_F(CollectOptionsTest, WithoutALegibleIndexNothingIsDeletedWhateverIsAsked) {
  tag("t", put_image("a"));
  for (const char* text :
       {"", "garbage", R"({"manifests":1})", "null", "{}", R"({"schemaVersion":2})",
        R"({"manifests":null})", R"({"schemaVersion":7,"manifests":[]})",
        R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[]})"}) {
    test::write_file(path_ / "index.json", text);
    EXPECT_ERROR(invalid_data, "index.json", collect({.damage = Damage::passed_over}));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path_ / "blobs/sha256"), {}), 3);
}

TEST_F(CollectOptionsTest, ALimitIsNoDamage) {
  const auto image = put_image("a");
  with_layout([&](Layout& layout) {
    const auto inner = test::put_index(layout, {image});
    test::tag(layout, "t", test::put_index(layout, {inner}));
  });
  Layout layout =
      Layout::open(path_, {.limits = {.index_depth = 1}, .durability = fs::Durability::unsynced});
  EXPECT_ERROR(limit_exceeded, "index_depth",
               collect_garbage(layout, log_, {.damage = Damage::passed_over}));
  EXPECT_TRUE(std::filesystem::exists(file_of(image)));
}

TEST_F(CollectOptionsTest, JunkGoesIfThatIsAsked) {
  tag("t", put_image("a"));
  const std::string hex(64, 'b');
  write("blobs/sha256/6junk", std::chrono::hours(2));
  write("blobs/sha256/young");
  write("manifest.json", std::chrono::hours(2));
  std::filesystem::create_directory(path_ / "blobs/sha256" / hex);
  std::filesystem::create_directory(path_ / "blobs/sha256/directory");
  std::filesystem::create_symlink("6junk", path_ / "blobs/sha256/link");
  std::filesystem::create_directory(path_ / "blobs/blake3");
  write("blobs/blake3/junk", std::chrono::hours(2));

  const CollectOptions old_junk{.min_age = std::chrono::hours(1), .junk = Junk::removed};
  EXPECT_THAT(foresee(old_junk).removed_foreign_files, ElementsAre("blobs/sha256/6junk"));
  EXPECT_TRUE(is_there("blobs/sha256/6junk"));
  log_.clear();
  const auto report = collect(old_junk);
  EXPECT_THAT(report.removed_foreign_files, ElementsAre("blobs/sha256/6junk"));
  EXPECT_FALSE(is_there("blobs/sha256/6junk"));
  EXPECT_THAT(report.skipped, UnorderedElementsAre("blobs/sha256/young", "blobs/sha256/" + hex,
                                                   "blobs/sha256/directory", "blobs/sha256/link"));
  EXPECT_EQ(log_.warnings().size(), 4U);
  EXPECT_THAT(collect({.junk = Junk::removed}).removed_foreign_files,
              ElementsAre("blobs/sha256/young"));
  for (const std::string& name : {"blobs/sha256/" + hex, std::string("blobs/sha256/directory"),
                                  std::string("blobs/sha256/link"),
                                  std::string("blobs/blake3/junk"), std::string("manifest.json")}) {
    EXPECT_TRUE(is_there(name)) << name;
  }
}

TEST_F(CollectOptionsTest, JunkYoungerThanALivingForeignWriterStays) {
  write("blobs/sha256/old", std::chrono::hours(2));
  write("blobs/sha256/young");
  // As umoci 0.4.7 works.
  std::filesystem::create_directory(path_ / ".umoci-123");
  const UniqueFd lock(::open((path_ / ".umoci-123").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  write("blobs/sha256/younger", -std::chrono::seconds(5));
  EXPECT_THAT(collect({.junk = Junk::removed}).removed_foreign_files, Contains("blobs/sha256/old"));
  EXPECT_TRUE(is_there("blobs/sha256/younger"));
}

TEST_F(CollectOptionsTest, OldLeftoversOfSkopeoGoIfThatIsAsked) {
  write("oci-put-blob123", std::chrono::hours(25));
  write("oci-put-blob456", std::chrono::hours(23));
  write("other", std::chrono::hours(25));
  std::filesystem::create_directory(path_ / "oci-put-blob-directory");
  EXPECT_THAT(collect().removed_foreign_files, IsEmpty());
  EXPECT_THAT(foresee({.foreign_leftovers = ForeignLeftovers::removed}).removed_foreign_files,
              ElementsAre("oci-put-blob123"));
  EXPECT_TRUE(is_there("oci-put-blob123"));
  EXPECT_THAT(collect({.foreign_leftovers = ForeignLeftovers::removed}).removed_foreign_files,
              ElementsAre("oci-put-blob123"));
  EXPECT_FALSE(is_there("oci-put-blob123"));
  for (const char* name : {"oci-put-blob456", "other", "oci-put-blob-directory"}) {
    EXPECT_TRUE(is_there(name)) << name;
  }
}

}  // namespace
}  // namespace umoci::store
