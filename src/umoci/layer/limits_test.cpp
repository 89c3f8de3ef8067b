// SPDX-License-Identifier: Apache-2.0
// What an image may ask of the disk is bounded, whatever its layers look like each by itself.
#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/image_totals.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace umoci::layer::test {
namespace {

using testing::HasSubstr;

Item sparse_file(std::string_view path, std::uint64_t size_bytes) {
  Item made = file(path);
  made.entry.size_bytes = size_bytes;
  made.entry.hole_bytes = size_bytes;
  return made;
}

/// As many zeros as anybody wants.
class Zeros final : public io::Source {
 public:
  explicit Zeros(std::uint64_t size_bytes) : rest_bytes_(size_bytes) {}
  [[nodiscard]] io::Bytes peek() override {
    return io::Bytes(zeros_).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(zeros_.size(), rest_bytes_)));
  }
  void consume(std::size_t count) override { rest_bytes_ -= count; }

 private:
  std::vector<std::byte> zeros_ = std::vector<std::byte>(1U << 16U);
  std::uint64_t rest_bytes_;
};

void expect_exceeded(const Limits& limits, const std::vector<Layer>& layers,
                     const std::string& name) {
  Extraction extraction({.limits = limits, .paths = AllPaths::limited});
  try {
    extraction.apply(layers);
    ADD_FAILURE() << name << " was not exceeded";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::limit_exceeded) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("limit " + name + " exceeded"));
  }
}

void expect_within(const Limits& limits, const std::vector<Layer>& layers) {
  Extraction extraction({.limits = limits, .paths = AllPaths::limited});
  EXPECT_NO_THROW(extraction.apply(layers));
}

TEST(ImageLimits, CountEntriesOfAllLayers) {
  const std::vector<Layer> layers{{file("a"), whiteout("x")}, {file("a"), directory("")}};
  expect_within({.image_entries = 4}, layers);
  expect_exceeded({.image_entries = 3}, layers, "image_entries");
}

TEST(ImageLimits, CountDirectoriesThatNoEntryDescribes) {
  const std::vector<Layer> layers{{file("a/b/c/d")},
                                  {file("a/b/c/e"), symlink("l", "x/y"), file("l/f")}};
  expect_within({.entries = 5, .image_entries = 9}, layers);
  expect_exceeded({.entries = 4}, layers, "entries");
  expect_exceeded({.image_entries = 8}, layers, "image_entries");
}

TEST(ImageLimits, CountBytesOfAllLayers) {
  const std::vector<Layer> layers{{file("a", "four"), symlink("l", "four")},
                                  {file("a", "four").xattr("user.a", "12")}};
  expect_within({.image_bytes = 20}, layers);
  expect_exceeded({.image_bytes = 19}, layers, "image_bytes");
  expect_exceeded({.file_bytes = 3}, layers, "file_bytes");
}

TEST(ImageLimits, CountAttributesOfAllLayers) {
  const std::vector<Layer> layers{{directory("d").xattr("user.a", "12")},
                                  {file("a").xattr("user.b", "1")}};
  expect_within({.image_xattr_bytes = 15}, layers);
  expect_exceeded({.image_xattr_bytes = 14}, layers, "image_xattr_bytes");
}

TEST(ImageLimits, CountWhatLinksCostForAllEntries) {
  // A short name for a way of a hundred steps, and a link that makes it be walked anew.
  std::string way;
  for (int i = 0; i < 50; ++i) way += "d/../";
  Layer layer{directory("d"), symlink("l", way + "d")};
  for (int i = 0; i < 10; ++i) {
    layer.push_back(file("l/f" + std::to_string(i)));
    layer.push_back(symlink("x" + std::to_string(i), "y"));
  }
  expect_within({.link_steps = 1100}, {layer});
  expect_exceeded({.link_steps = 900}, {layer}, "link_steps");
}

TEST(ImageLimits, CountHolesApart) {
  ImageTotals totals({.image_bytes = 10, .hole_bytes = 100});
  tree::Entry entry = sparse_file("a", 60).entry;
  entry.hole_bytes = 50;
  totals.add(entry);
  entry.hole_bytes = 51;
  EXPECT_THROW(totals.add(entry), Error);
}

TEST(ImageLimits, SumsDoNotStartAgainAtZero) {
  constexpr std::uint64_t most = ~std::uint64_t{0};
  ImageTotals totals(
      {.image_bytes = most - 1, .file_bytes = most, .hole_bytes = most, .tree_path_bytes = 0});
  tree::Entry entry = file("a").entry;
  entry.size_bytes = most - 1;
  totals.add(entry);
  EXPECT_THROW(totals.add(entry), Error);
}

TEST(ImageLimits, StopHugeHolesBeforeAnythingIsDone) {
  Extraction extraction;
  const fs::Root root = fs::Root::open(extraction.path());
  Extractor extractor(root, {});
  constexpr std::uint64_t tebibyte = 1ULL << 40U;
  Zeros content(tebibyte);
  try {
    extractor.put(sparse_file("huge", tebibyte).entry, content);
    ADD_FAILURE() << "took a tebibyte of nothing";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("limit hole_bytes exceeded"));
  }
  EXPECT_FALSE(extraction.exists("huge"));
}

TEST(ImageLimits, HolesWithinThemStayHoles) {
  Extraction extraction;
  const fs::Root root = fs::Root::open(extraction.path());
  Extractor extractor(root, {});
  constexpr std::uint64_t size_bytes = 1ULL << 30U;
  Zeros content(size_bytes);
  extractor.put(sparse_file("holes", size_bytes).entry, content);
  extractor.finish();
  struct stat status{};
  ASSERT_EQ(::stat((extraction / "holes").c_str(), &status), 0);
  EXPECT_EQ(static_cast<std::uint64_t>(status.st_size), size_bytes);
  EXPECT_EQ(status.st_blocks, 0);
}

TEST(ImageLimits, DepthCountsWhereLinksLeadTo) {
  const std::vector<Layer> layers{{directory("a/b/c"), symlink("l", "a/b/c"), file("l/d/e/f")}};
  expect_within({.path_depth = 5}, layers);
  expect_exceeded({.path_depth = 4}, layers, "path_depth");
}

TEST(ImageLimits, PathsOfAWholeTreeAreCounted) {
  const InMemory in_memory;
  std::string path;
  for (int i = 0; i < 2000; ++i) path += "d/";
  // Directories of 1, 3, 5, … bytes and the file; of each 1024 are free.
  constexpr std::uint64_t beyond = 2000ULL * 2000 + 4001 - 2001ULL * 1024;
  expect_within({.tree_path_bytes = beyond}, {{file(path + "f")}});
  expect_exceeded({.tree_path_bytes = beyond - 1}, {{file(path + "f")}}, "tree_path_bytes");

  // Who describes no tree needs not hold its paths.
  Extraction extraction({.limits = {.tree_path_bytes = 0}});
  EXPECT_NO_THROW(extraction.apply({{file(path + "f")}}));
}

TEST(ImageLimits, PathsAreCountedWhereTheyReallyLie) {
  const InMemory in_memory;
  std::string path;
  for (int i = 0; i < 1500; ++i) path += "d/";
  Layer layer{directory(path)};
  // Links to a place far down make long paths of short names.
  layer.push_back(symlink("l", std::string(path, 0, 3000)));
  for (int i = 0; i < 2000; ++i) layer.push_back(file("l/" + std::to_string(i)));
  expect_exceeded({.tree_path_bytes = 4U << 20U}, {layer}, "tree_path_bytes");
}

TEST(ImageLimits, LinksOnOnePath) {
  Layer layer{directory("d")};
  std::string target = "d";
  for (int i = 0; i < 9; ++i) {
    const std::string name = "l" + std::to_string(i);
    layer.push_back(symlink(name, target));
    target = name;
  }
  layer.push_back(file(target + "/f"));
  expect_within({.symlinks = 9}, {layer});
  Extraction extraction({.limits = {.symlinks = 8}});
  try {
    extraction.apply({layer});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsafe_path);
    EXPECT_THAT(error.what(), HasSubstr("limit symlinks exceeded"));
  }
}

}  // namespace
}  // namespace umoci::layer::test
