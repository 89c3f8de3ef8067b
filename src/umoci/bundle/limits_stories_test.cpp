// SPDX-License-Identifier: Apache-2.0
// Images that ask for too much are refused whole, and leave nothing; those that only look like it
// are unpacked.
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/bundle/repack.hpp>
#include <umoci/bundle/unpack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/create.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/tar/writer.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace umoci::bundle {
namespace {

namespace stdfs = std::filesystem;
using testing::HasSubstr;

/// Such a tree belongs to whoever runs the test.
layer::Ownership rootless() {
  return {.uids = layer::IdMap({{0, ::geteuid(), 1}}),
          .gids = layer::IdMap({{0, ::getegid(), 1}}),
          .rootless = true};
}

class LimitsStories : public testing::Test {
 protected:
  LimitsStories() {
    store::Layout::create(directory_ / "layout");
    open_layout({});
    image::create(*layout_, "image", {.created = "2020-01-01T00:00:00Z"});
  }

  void open_layout(const Limits& limits) {
    layout_.reset();
    layout_ = store::Layout::open(directory_ / "layout",
                                  {.limits = limits, .durability = fs::Durability::unsynced});
  }

  void add_layer(codec::Compression compression, const std::function<void(io::Sink&)>& write) {
    image::Edit edit(image::Image::open(*layout_, image::resolve(*layout_, "image")));
    edit.append_layer(image::write_layer(*layout_, compression, write), std::nullopt);
    edit.commit(*layout_, "image");
  }

  /// A layer with a file of zeros.
  void add_zeros(std::string_view name, std::size_t size_bytes) {
    add_layer(codec::Compression::gzip, [&](io::Sink& tar_bytes) {
      tar::Writer entries(tar_bytes);
      tree::Entry entry;
      entry.path = tree::TreePath::clean(name);
      entry.size_bytes = size_bytes;
      const std::string zeros(size_bytes, '\0');
      io::BytesSource content(zeros);
      entries.put(entry, content);
      entries.finish();
    });
  }

  void unpack_image() {
    UnpackOptions options;
    options.jobs = 1;
    options.ownership = rootless();
    unpack(*layout_, image::resolve(*layout_, "image"), bundle(), options);
  }

  void expect_exceeded(const Limits& limits, const std::string& name) {
    open_layout(limits);
    try {
      unpack_image();
      ADD_FAILURE() << name << " was not exceeded";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::limit_exceeded) << error.what();
      EXPECT_THAT(error.what(), HasSubstr("limit " + name + " exceeded"));
    }
    EXPECT_FALSE(stdfs::exists(bundle()));
  }

  [[nodiscard]] stdfs::path bundle() const { return directory_ / "bundle"; }

  test::TemporaryDirectory directory_;
  std::optional<store::Layout> layout_;
};

TEST_F(LimitsStories, WhatGrowsTooMuchIsRefusedOverAllLayersTogether) {
  constexpr std::size_t size_bytes = 3U << 20U;
  add_zeros("a", size_bytes);
  // With gzip zeros become a thousandth: one layer is within what is free, two are not.
  open_layout({.expansion_ratio = 100, .expansion_free_bytes = 5U << 20U});
  EXPECT_NO_THROW(unpack_image());
  stdfs::remove_all(bundle());
  add_zeros("b", size_bytes);
  expect_exceeded({.expansion_ratio = 100, .expansion_free_bytes = 5U << 20U}, "expansion_ratio");
  open_layout({.expansion_ratio = 2000, .expansion_free_bytes = 0});
  EXPECT_NO_THROW(unpack_image());
}

TEST_F(LimitsStories, DeepTreesAreRefusedEarlyOrCanBeRepacked) {
  std::string path;
  for (int i = 0; i < 3000; ++i) path += "d/";
  add_layer(codec::Compression::none, [&](io::Sink& tar_bytes) {
    tar::Writer entries(tar_bytes);
    tree::Entry entry;
    entry.path = tree::TreePath::clean(path + "f");
    io::BytesSource nothing{std::string_view()};
    entries.put(entry, nothing);
    entries.finish();
  });
  expect_exceeded({.tree_path_bytes = 1U << 20U}, "tree_path_bytes");
  expect_exceeded({.path_depth = 3000}, "path_depth");
  open_layout({});
  unpack_image();
  repack(*layout_, "again", bundle(), {});
  EXPECT_EQ(image::Image::open(*layout_, image::resolve(*layout_, "again")).manifest.layers.size(),
            1U);
}

TEST_F(LimitsStories, ATebibyteOfNothingIsRefused) {
  if (!test::has_program("tar")) GTEST_SKIP() << "tar is not installed";
  const stdfs::path file = directory_ / "huge";
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (::ftruncate(fd.get(), 1LL << 40U) != 0) GTEST_SKIP() << "no files of that size here";
  const stdfs::path archive = directory_ / "huge.tar";
  const auto made = test::run_program(
      {"tar", "-S", "-cf", archive, "-C", directory_.path(), "--owner=0", "--group=0", "huge"});
  ASSERT_EQ(made.status, 0) << made.err;
  add_layer(codec::Compression::gzip,
            [&](io::Sink& tar_bytes) { tar_bytes.write(io::as_bytes(test::read_file(archive))); });
  expect_exceeded({}, "hole_bytes");
}

class SparseStories : public LimitsStories,
                      public testing::WithParamInterface<std::vector<std::string>> {};

// GNU tar is the only one that writes all of these.
TEST_P(SparseStories, HolesStayHoles) {
  if (!test::has_program("tar")) GTEST_SKIP() << "tar is not installed";
  constexpr off_t size_bytes = 64LL << 20U;
  const stdfs::path file = directory_ / "file";
  {
    const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ASSERT_EQ(::ftruncate(fd.get(), size_bytes), 0);
    for (const off_t at : {off_t{0}, size_bytes / 2 + 5, size_bytes - 4}) {
      ASSERT_EQ(::pwrite(fd.get(), "data", 4, at), 4);
    }
  }
  const stdfs::path archive = directory_ / "archive.tar";
  std::vector<std::string> command{"tar", "-S"};
  command.insert(command.end(), GetParam().begin(), GetParam().end());
  command.insert(command.end(),
                 {"--owner=0", "--group=0", "-cf", archive, "-C", directory_.path(), "file"});
  const auto made = test::run_program(command);
  ASSERT_EQ(made.status, 0) << made.err;
  ASSERT_LT(stdfs::file_size(archive), 1U << 20U);
  add_layer(codec::Compression::gzip,
            [&](io::Sink& tar_bytes) { tar_bytes.write(io::as_bytes(test::read_file(archive))); });
  unpack_image();

  const stdfs::path unpacked = bundle() / "rootfs/file";
  EXPECT_TRUE(test::read_file(unpacked) == test::read_file(file));
  struct stat status{};
  ASSERT_EQ(::stat(unpacked.c_str(), &status), 0);
  EXPECT_LE(status.st_blocks * 512, 256 << 10);
  const UniqueFd fd(::open(unpacked.c_str(), O_RDONLY | O_CLOEXEC));
  const off_t hole = ::lseek(fd.get(), 0, SEEK_HOLE);
  EXPECT_GT(hole, 0);
  EXPECT_LE(hole, 64 << 10);
  // What is written down of it is what is there.
  repack(*layout_, "again", bundle(), {});
  EXPECT_EQ(image::Image::open(*layout_, image::resolve(*layout_, "again")).manifest.layers.size(),
            1U);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, SparseStories,
    testing::Values(std::vector<std::string>{"-H", "oldgnu"}, std::vector<std::string>{"-H", "gnu"},
                    std::vector<std::string>{"-H", "posix", "--sparse-version=0.0"},
                    std::vector<std::string>{"-H", "posix", "--sparse-version=0.1"},
                    std::vector<std::string>{"-H", "posix", "--sparse-version=1.0"}),
    [](const auto& instance) {
      std::string name;
      for (const std::string& word : instance.param) {
        for (const char c : word) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      }
      return name;
    });

}  // namespace
}  // namespace umoci::bundle
