// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace umoci::mtree {
namespace {

using tree::Entry;
using tree::EntryType;
using tree::MemoryTree;
using tree::TreePath;

constexpr std::string_view hello_sha256 =
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

Entry entry(std::string_view path, EntryType type) {
  Entry entry;
  entry.path = TreePath::clean(path);
  entry.type = type;
  entry.mode = 0750;
  entry.uid = 1;
  entry.gid = 2;
  entry.mtime = {.seconds = -7, .nanoseconds = 5};
  entry.link_count = 3;
  return entry;
}

/// Gives records in place of entries that cannot be put into a tree.
class OneEntry final : public tree::EntrySource {
 public:
  explicit OneEntry(Entry entry) : entry_(std::move(entry)) {}
  const Entry* next() override { return std::exchange(is_given_, true) ? nullptr : &entry_; }
  io::Source& content() override {
    ADD_FAILURE() << "content of " << entry_.path.display() << " was read";
    return nothing_;
  }

 private:
  Entry entry_;
  bool is_given_ = false;
  io::BytesSource nothing_{std::string_view()};
};

Record collect_one(Entry entry, KeywordSet keywords = bundle_keywords) {
  OneEntry source(std::move(entry));
  const Manifest manifest = collect(source, keywords);
  return manifest.records().at(0);
}

TEST(Collect, DescribesAFile) {
  MemoryTree tree;
  Entry file = entry("d/f", EntryType::file);
  file.size_bytes = 5;
  file.xattrs = {{"user.a", "1"}};
  tree.put(file, "hello");
  tree.put(entry("", EntryType::directory));
  const Manifest manifest = collect(*tree.entries(), bundle_keywords);
  ASSERT_EQ(manifest.records().size(), 2U);

  Record expected;
  expected.path = file.path;
  expected.keywords = {Keyword::size,     Keyword::type,         Keyword::uid,
                       Keyword::gid,      Keyword::mode,         Keyword::nlink,
                       Keyword::tar_time, Keyword::sha256digest, Keyword::xattr};
  expected.uid = 1;
  expected.gid = 2;
  expected.mode = 0750;
  expected.size_bytes = 5;
  expected.link_count = 3;
  expected.time.seconds = -7;
  expected.sha256 = hello_sha256;
  expected.xattrs = file.xattrs;
  EXPECT_EQ(manifest.records()[1], expected);
}

TEST(Collect, RecordsOfEachTypeWhatItHas) {
  const auto has = [](EntryType type, Keyword keyword) {
    return collect_one(entry("x", type)).keywords.has(keyword);
  };
  EXPECT_TRUE(has(EntryType::symlink, Keyword::link));
  EXPECT_FALSE(has(EntryType::directory, Keyword::link));
  EXPECT_TRUE(has(EntryType::char_device, Keyword::device));
  EXPECT_TRUE(has(EntryType::block_device, Keyword::device));
  EXPECT_FALSE(has(EntryType::fifo, Keyword::device));
  EXPECT_FALSE(has(EntryType::directory, Keyword::sha256digest));
  EXPECT_FALSE(has(EntryType::symlink, Keyword::sha256digest));
  EXPECT_TRUE(has(EntryType::symlink, Keyword::xattr)) << "none there, but looked at";
  EXPECT_FALSE(has(EntryType::directory, Keyword::xattr)) << "none there";

  Entry device = entry("x", EntryType::char_device);
  device.device = {.major = 1, .minor = 3};
  EXPECT_EQ(collect_one(device).device, device.device);
  Entry link = entry("x", EntryType::symlink);
  link.link = "../y";
  EXPECT_EQ(collect_one(link).link, "../y");
}

TEST(Collect, KeepsNanosecondsOnlyForTime) {
  const Entry fifo = entry("x", EntryType::fifo);
  EXPECT_EQ(collect_one(fifo, {Keyword::time}).time, fifo.mtime);
  EXPECT_EQ(collect_one(fifo, {Keyword::time, Keyword::tar_time}).time, fifo.mtime);
  EXPECT_EQ(collect_one(fifo, {Keyword::tar_time}).time, (Time{.seconds = -7}));
  EXPECT_EQ(collect_one(fifo, {Keyword::size}).time, Time{});
}

TEST(Collect, ReadsAFileOnlyWhenItHasTo) {
  const Entry file = entry("f", EntryType::file);
  EXPECT_EQ(collect_one(file, {Keyword::size, Keyword::type}).sha256, "");

  OneEntry source(file);
  const std::string known(64, 'a');
  const Manifest manifest =
      collect(source, bundle_keywords, {.known_digest = [&](const Entry& asked) {
                EXPECT_EQ(asked.path, file.path);
                return known;
              }});
  EXPECT_EQ(manifest.records().at(0).sha256, known);
  EXPECT_TRUE(manifest.records().at(0).keywords.has(Keyword::sha256digest));
}

TEST(Collect, ReadsWhatIsNotKnown) {
  MemoryTree tree;
  Entry file = entry("f", EntryType::file);
  file.size_bytes = 5;
  tree.put(file, "hello");
  const Manifest manifest = collect(*tree.entries(), bundle_keywords,
                                    {.known_digest = [](const Entry&) { return std::nullopt; }});
  EXPECT_EQ(manifest.records().at(0).sha256, hello_sha256);
}

TEST(Collect, RefusesHardLinks) {
  try {
    (void)collect_one(entry("x", EntryType::hard_link));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
  }
}

/// Directories nested without end, as a hostile image can have them on the disk.
class EndlessDirectories final : public tree::EntrySource {
 public:
  const Entry* next() override {
    entry_.path = entry_.path.child("d");
    entry_.type = EntryType::directory;
    return &entry_;
  }
  io::Source& content() override { return nothing_; }

 private:
  Entry entry_;
  io::BytesSource nothing_{std::string_view()};
};

TEST(Collect, LimitsPaths) {
  EndlessDirectories source;
  try {
    (void)collect(source, {Keyword::type});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::limit_exceeded);
  }
}

}  // namespace
}  // namespace umoci::mtree
