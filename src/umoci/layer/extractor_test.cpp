// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/extractor.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace umoci::layer::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using tree::EntryType;

bool is_root() { return ::geteuid() == 0; }

template <class Fn>
ErrorKind kind_of(Fn fn) {
  try {
    fn();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::internal;
}

/// Applying `entry` after `before` fails with `kind` and changes nothing.
void expect_refused(const Layer& before, const Item& entry, ErrorKind kind) {
  Extraction extraction;
  extraction.apply({before});
  const Tree tree = extraction.tree();
  EXPECT_EQ(kind_of([&] { extraction.apply({{entry}}); }), kind) << entry.entry.path.display();
  EXPECT_EQ(extraction.tree(), tree) << entry.entry.path.display();
}

TEST(Extractor, GivesFilesTheirContentAndMetadata) {
  Extraction extraction;
  extraction.apply({{directory("d"), file("d/f", "hello").mode(0640).mtime(1234567890, 987654321),
                     file("empty").mode(0)}});
  EXPECT_EQ(extraction.found("d/f").content, "hello");
  EXPECT_EQ(extraction.found("d/f").mode, S_IFREG | 0640U);
  EXPECT_EQ(extraction.found("d/f").mtime, 1234567890);
  EXPECT_EQ(extraction.found("d/f").mtime_nanoseconds, 987654321);
  EXPECT_EQ(extraction.found("empty").mode, S_IFREG | 0U);
}

TEST(Extractor, MakesEveryTypeOfObject) {
  if (!is_root()) GTEST_SKIP() << "only root makes devices";
  Extraction extraction;
  extraction.apply({{symlink("link", "../../nowhere//x/."), item(EntryType::fifo, "fifo", 0622),
                     device(EntryType::char_device, "null", 1, 3).mode(0666),
                     device(EntryType::block_device, "disk", 259, 70000).owner(0, 6)}});
  EXPECT_EQ(extraction.found("link").content, "../../nowhere//x/.");
  EXPECT_EQ(extraction.found("fifo").mode, S_IFIFO | 0622U);
  EXPECT_EQ(extraction.found("null").mode, S_IFCHR | 0666U);
  EXPECT_EQ(extraction.found("null").device, ::makedev(1, 3));
  EXPECT_EQ(extraction.found("disk").device, ::makedev(259, 70000));
  EXPECT_EQ(extraction.found("disk").gid, 6U);
  for (const auto& [path, found] : extraction.tree()) {
    if (path == ".") continue;
    EXPECT_EQ(found.mtime, 1000) << path;
  }
}

TEST(Extractor, KeepsSetIdBitsThoughTheOwnerChanges) {
  if (!is_root()) GTEST_SKIP() << "only root gives files away";
  Extraction extraction;
  extraction.apply(
      {{file("su", "x").mode(06755).owner(7, 8), directory("s").mode(03775).owner(9, 9)}});
  EXPECT_EQ(extraction.found("su").mode, S_IFREG | 06755U);
  EXPECT_EQ(extraction.found("su").uid, 7U);
  EXPECT_EQ(extraction.found("su").gid, 8U);
  EXPECT_EQ(extraction.found("s").mode, S_IFDIR | 03775U);
}

TEST(Extractor, TakesTheAccessTimeFromTheEntryOrItsModificationTime) {
  Extraction extraction;
  Item timed = file("timed");
  timed.entry.atime = Time{77, 5};
  Item timed_directory = directory("directory");
  timed_directory.entry.atime = Time{88, 6};
  extraction.apply({{timed, file("untimed").mtime(55), timed_directory}});
  struct stat status{};
  ASSERT_EQ(::lstat((extraction / "timed").c_str(), &status), 0);
  EXPECT_EQ(status.st_atim.tv_sec, 77);
  EXPECT_EQ(status.st_atim.tv_nsec, 5);
  ASSERT_EQ(::lstat((extraction / "untimed").c_str(), &status), 0);
  EXPECT_EQ(status.st_atim.tv_sec, 55);
  ASSERT_EQ(::lstat((extraction / "directory").c_str(), &status), 0);
  EXPECT_EQ(status.st_atim.tv_sec, 88);
  EXPECT_EQ(status.st_atim.tv_nsec, 6);
}

TEST(Extractor, IgnoresTypeBitsInModes) {
  Extraction extraction;
  extraction.apply({{file("f").mode(0140644), directory("d").mode(0100750),
                     item(EntryType::fifo, "p", 0060600)}});
  EXPECT_EQ(extraction.found("f").mode, S_IFREG | 0644U);
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0750U);
  EXPECT_EQ(extraction.found("p").mode, S_IFIFO | 0600U);
}

TEST(Extractor, StoresTimesBeforeTheEpochAndFarAway) {
  Extraction extraction;
  extraction.apply({{file("old").mtime(-5, 250000000), file("far").mtime(1LL << 62U)}});
  EXPECT_EQ(extraction.found("old").mtime, -5);
  EXPECT_EQ(extraction.found("old").mtime_nanoseconds, 250000000);
  EXPECT_TRUE(extraction.exists("far"));
}

TEST(Extractor, WarnsOfTimesThatTheFileSystemCannotStore) {
  constexpr std::int64_t far = 1LL << 60U;
  Extraction extraction;
  extraction.apply({{file("f").mtime(far), directory("d").mtime(-far), symlink("l", "x").mtime(far),
                     file("near").mtime((1LL << 31U) - 1), directory("e").mtime(far)},
                    {whiteout("e")}});
  const std::int64_t stored = extraction.found("f").mtime;
  if (stored == far) GTEST_SKIP() << "this file system stores any time";
  EXPECT_GT(stored, 0);
  EXPECT_LT(extraction.found("d").mtime, 0);
  EXPECT_THAT(
      extraction.log.warnings(),
      testing::ElementsAre(testing::AllOf(testing::HasSubstr("path=/f"),
                                          testing::HasSubstr("stored=" + std::to_string(stored)))));
  Extraction directories;
  directories.apply({{directory("d").mtime(far)}});
  EXPECT_EQ(directories.log.warnings().size(), 1U);
}

TEST(Extractor, TheLastOfSeveralEntriesWins) {
  Extraction extraction;
  extraction.apply({{file("f", "one").mode(0600), file("f", "two").mode(0444),
                     directory("d").mode(0700), directory("d").mode(0711).mtime(7)}});
  EXPECT_EQ(extraction.found("f").content, "two");
  EXPECT_EQ(extraction.found("f").mode, S_IFREG | 0444U);
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0711U);
  EXPECT_EQ(extraction.found("d").mtime, 7);
}

TEST(Extractor, AReplacedFileIsANewInode) {
  Extraction extraction;
  extraction.apply({{file("f", "old"), hard_link("kept", "f")}, {file("f", "new")}});
  EXPECT_EQ(extraction.found("f").content, "new");
  EXPECT_EQ(extraction.found("kept").content, "old");
}

TEST(Extractor, ReplacesAnythingByAnything) {
  const std::vector<Item> kinds{file("x", "text"), directory("x"), symlink("x", "target"),
                                item(EntryType::fifo, "x", 0600), hard_link("x", "other")};
  for (const Item& before : kinds) {
    for (const Item& after : kinds) {
      for (const bool same_layer : {true, false}) {
        Extraction extraction;
        Layer first{file("other", "o"), before};
        if (before.entry.type == EntryType::directory) first.push_back(file("x/below"));
        if (same_layer) {
          first.push_back(after);
          extraction.apply({first});
        } else {
          extraction.apply({first, {after}});
        }
        Extraction fresh;
        Layer expected{file("other", "o"), after};
        const bool kept =
            before.entry.type == EntryType::directory && after.entry.type == EntryType::directory;
        if (kept) expected.push_back(file("x/below"));
        fresh.apply({expected});
        EXPECT_EQ(extraction.tree(), fresh.tree())
            << name_of(before.entry.type) << " -> " << name_of(after.entry.type);
      }
    }
  }
}

TEST(Extractor, ADirectoryEntryKeepsTheContentAndReplacesTheMetadata) {
  Extraction extraction;
  extraction.apply({{directory("d").mode(0755).xattr("user.a", "1"), file("d/f", "x")},
                    {directory("d").mode(0511).mtime(42)}});
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0511U);
  EXPECT_EQ(extraction.found("d").mtime, 42);
  EXPECT_THAT(extraction.found("d").xattrs, IsEmpty());
  EXPECT_EQ(extraction.found("d/f").content, "x");
}

TEST(Extractor, EntriesForTheRootGiveItMetadata) {
  Extraction extraction;
  extraction.apply({{directory("/").mode(0710).mtime(77), file("f")}});
  EXPECT_EQ(extraction.found(".").mode, S_IFDIR | 0710U);
  EXPECT_EQ(extraction.found(".").mtime, 77);
}

TEST(Extractor, LeavesARootWithoutEntryAsItWas) {
  Extraction extraction;
  extraction.apply({{file("f"), directory("d")}});
  EXPECT_EQ(extraction.found(".").mode, S_IFDIR | 0755U);
  EXPECT_EQ(extraction.found(".").mtime, 0);
}

// CVE-2021-29136
TEST(Extractor, TheRootStaysADirectory) {
  expect_refused({}, symlink("/.", "/tmp"), ErrorKind::invalid_data);
  expect_refused({}, file("", "x"), ErrorKind::invalid_data);
  expect_refused({}, hard_link("a/..", "b"), ErrorKind::invalid_data);
  expect_refused({}, item(EntryType::fifo, "./", 0600), ErrorKind::invalid_data);
}

TEST(Extractor, RefusesImpossibleEntriesBeforeAnythingChanges) {
  const Layer before{directory("d"), file("d/f", "kept"), file("x", "kept")};
  expect_refused(before, item(EntryType::socket, "x", 0600), ErrorKind::invalid_data);
  expect_refused(before, symlink("x", ""), ErrorKind::invalid_data);
  expect_refused(before, symlink("x", std::string(4096, 'l')), ErrorKind::invalid_data);
  expect_refused(before, symlink("x", std::string("a\0b", 3)), ErrorKind::invalid_data);
  expect_refused(before, file("x").owner(4294967295, 0), ErrorKind::invalid_argument);
  expect_refused(before, directory("d").owner(0, 4294967295), ErrorKind::invalid_argument);
  expect_refused(before, item(static_cast<EntryType>(99), "x", 0600), ErrorKind::invalid_data);
  expect_refused(before, file(".wh.x/y"), ErrorKind::invalid_data);
}

/// Content that looks, while it is read, at the file it is written to.
class WatchingContent final : public io::Source {
 public:
  explicit WatchingContent(std::filesystem::path file) : file_(std::move(file)) {}
  [[nodiscard]] io::Bytes peek() override {
    look();
    return io::as_bytes(std::string_view("xyz").substr(read_));
  }
  void consume(std::size_t count) override { read_ += count; }
  [[nodiscard]] const std::vector<struct stat>& seen() const { return seen_; }

 private:
  void look() {
    struct stat status{};
    EXPECT_EQ(::stat(file_.c_str(), &status), 0);
    seen_.push_back(status);
  }

  std::filesystem::path file_;
  std::size_t read_ = 0;
  std::vector<struct stat> seen_;
};

// Spec: layers.md S17, S18.
TEST(Extractor, NothingIsSetIdOrOpenToOthersBeforeItIsDone) {
  Extraction extraction;
  const fs::Root root = fs::Root::open(extraction.path());
  Extractor extractor(root, {});
  io::BytesSource nothing{io::Bytes{}};
  extractor.put(directory("d").mode(04777).entry, nothing);
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0700U);
  for (const std::string name : {"f", "d/g", "implied/h"}) {
    Item wanted = file(name, "xyz").mode(07777);
    if (is_root()) wanted = std::move(wanted).owner(5, 6);
    WatchingContent content(extraction / name);
    extractor.put(wanted.entry, content);
    ASSERT_FALSE(content.seen().empty());
    for (const struct stat& status : content.seen()) {
      EXPECT_EQ(status.st_mode & (S_ISUID | S_ISGID | S_IWGRP | S_IWOTH), 0U) << name;
      EXPECT_EQ(status.st_uid, ::geteuid());
      EXPECT_EQ(extraction.found(name).xattrs.size(), 0U);
    }
    EXPECT_EQ(extraction.found(name).mode, S_IFREG | 07777U) << name;
  }
  EXPECT_EQ(extraction.found("implied").mode, S_IFDIR | 0700U);
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 0700U);
  extractor.finish();
  EXPECT_EQ(extraction.found("d").mode, S_IFDIR | 04777U);
  EXPECT_EQ(extraction.found("implied").mode, S_IFDIR | 0755U);
}

TEST(Extractor, RefusesFilesBeyondTheLimit) {
  ExtractOptions options;
  options.limits.file_bytes = 4;
  Extraction extraction(options);
  extraction.apply({{file("f", "four")}});
  EXPECT_EQ(kind_of([&] { extraction.apply({{file("f", "fives")}}); }), ErrorKind::limit_exceeded);
  EXPECT_EQ(extraction.found("f").content, "four");
}

TEST(Extractor, RefusesContentOfAnotherSize) {
  for (const std::uint64_t size : {2U, 4U}) {
    Extraction extraction;
    Item wrong = file("f", "abc");
    wrong.entry.size_bytes = size;
    EXPECT_EQ(kind_of([&] { extraction.apply({{wrong}}); }), ErrorKind::invalid_data) << size;
  }
}

TEST(Extractor, RecordsTheDigestsOfFiles) {
  ContentDigests digests;
  Extraction extraction({.digests = &digests});
  extraction.apply({{file("f", "abc"), file("empty")}, {file("f", "hello"), hard_link("g", "f")}});
  const auto digest_at = [&](std::string_view path) {
    struct stat status{};
    EXPECT_EQ(::lstat((extraction / path).c_str(), &status), 0);
    return digests.find({status.st_dev, status.st_ino});
  };
  EXPECT_EQ(digest_at("g"), "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_EQ(digest_at("f"), digest_at("g"));
  EXPECT_EQ(digest_at("empty"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Extractor, NamesMayHoldAnyBytes) {
  Extraction extraction;
  const std::string odd = "d\n\xff\x01 *?[#\\/\xc3\xbc\x7f";
  extraction.apply({{file(odd, "x"), symlink("l\xfe", "\xff\n")}});
  EXPECT_EQ(extraction.found(odd).content, "x");
  EXPECT_EQ(extraction.found("l\xfe").content, "\xff\n");
}

TEST(Extractor, MapsOwners) {
  if (!is_root()) GTEST_SKIP() << "only root gives files away";
  Extraction extraction({.ownership = {.uids = IdMap({{0, 100000, 1000}}),
                                       .gids = IdMap({{0, 200000, 10}, {50, 7, 1}})}});
  extraction.apply(
      {{file("dir/f").owner(5, 50), symlink("l", "x").owner(999, 9), directory("d").owner(1, 2)}});
  EXPECT_EQ(extraction.found("dir/f").uid, 100005U);
  EXPECT_EQ(extraction.found("dir/f").gid, 7U);
  EXPECT_EQ(extraction.found("dir").uid, 100000U);
  EXPECT_EQ(extraction.found("dir").gid, 200000U);
  EXPECT_EQ(extraction.found("l").uid, 100999U);
  EXPECT_EQ(extraction.found("d").gid, 200002U);
  EXPECT_EQ(kind_of([&] { extraction.apply({{file("dir/f").owner(1000, 0)}}); }),
            ErrorKind::invalid_argument);
  EXPECT_EQ(extraction.found("dir/f").uid, 100005U);
}

TEST(Extractor, DoesNotDependOnTheUmask) {
  const Layer layer{file("implied/dir/f", "x").mode(0666), directory("d").mode(0777),
                    item(EntryType::fifo, "p", 0622), symlink("l", "x")};
  std::vector<Tree> trees;
  for (const mode_t mask : {0U, 022U, 077U, 0777U}) {
    // Then others than root cannot get into what they make.
    if (mask == 0777 && !is_root()) continue;
    const mode_t former = ::umask(mask);
    Extraction extraction;
    extraction.apply({layer});
    ::umask(former);
    trees.push_back(extraction.tree());
  }
  for (const Tree& tree : trees) EXPECT_EQ(tree, trees[0]);
  EXPECT_EQ(trees[0].at("implied/dir").mode, S_IFDIR | 0755U);
}

TEST(Extractor, EndsWhenItIsAskedTo) {
  const auto apply = [](const std::vector<Layer>& layers) {
    std::stop_source stop;
    Extraction extraction;
    extraction.apply({{file("d/e/f"), file("d/g")}});
    const fs::Root root = fs::Root::open(extraction.path());
    Extractor extractor(root, {.stop = stop.get_token()});
    stop.request_stop();
    for (const Item& each : layers.at(0)) {
      io::BytesSource content(each.content);
      extractor.put(each.entry, content);
    }
    extractor.finish();
  };
  EXPECT_EQ(kind_of([&] { apply({{whiteout("d/")}}); }), ErrorKind::cancelled);
  EXPECT_EQ(kind_of([&] { apply({{directory("d")}}); }), ErrorKind::cancelled);
}

TEST(Extractor, ErrorsNameTheEntry) {
  Extraction extraction;
  try {
    extraction.apply({{hard_link("d/l", "d")}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"/d/l\""));
  }
}

}  // namespace
}  // namespace umoci::layer::test
