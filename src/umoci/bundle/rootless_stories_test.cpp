// SPDX-License-Identifier: Apache-2.0
// Both stories without root's help: what the disk cannot hold must come back all the same. The
// tests run as anybody; what only root may do is not done, since the bundle says that it is
// rootless.
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/bundle/repack.hpp>
#include <umoci/bundle/unpack.hpp>

#include <umoci/image/create.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tar/writer.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gtest/gtest.h>
#include <umoci_test/temporary_directory.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>

namespace umoci::bundle {
namespace {

namespace stdfs = std::filesystem;
using tree::Entry;
using tree::EntryType;
using tree::TreePath;

Entry owned(std::string_view path, EntryType type, std::uint32_t mode) {
  Entry entry;
  entry.path = TreePath::clean(path);
  entry.type = type;
  entry.mode = mode;
  entry.uid = 5;
  entry.gid = 6;
  entry.mtime = {.seconds = 1'000'000'000, .nanoseconds = 0};
  return entry;
}

using Layer = std::map<TreePath, tree::MemoryTree::Node>;

class RootlessStories : public testing::Test {
 protected:
  RootlessStories() {
    store::Layout::create(directory_ / "layout");
    layout_ = store::Layout::open(directory_ / "layout", {.durability = fs::Durability::unsynced});
    image::create(*layout_, "image", {.created = "2020-01-01T00:00:00Z"});
    add_layer();
    unpack_image("image", bundle());
  }

  [[nodiscard]] static Entry link(std::string target) {
    Entry entry = owned("link", EntryType::symlink, 0777);
    entry.link = std::move(target);
    return entry;
  }
  [[nodiscard]] static Entry null_device() {
    Entry entry = owned("dev/null", EntryType::char_device, 0666);
    entry.device = {.major = 1, .minor = 3};
    return entry;
  }

  void add_layer() {
    image::Edit edit(open_image("image"));
    edit.append_layer(
        image::write_layer(*layout_, codec::Compression::none,
                           [](io::Sink& tar_bytes) {
                             tar::Writer entries(tar_bytes);
                             io::BytesSource nothing{std::string_view()};
                             entries.put(link("target"), nothing);
                             entries.put(null_device(), nothing);
                             entries.put(owned("fifo", EntryType::fifo, 0644), nothing);
                             entries.put(owned("file", EntryType::file, 0444), nothing);
                             entries.finish();
                           }),
        std::nullopt);
    edit.commit(*layout_, "image");
  }

  [[nodiscard]] image::Image open_image(std::string_view name) const {
    return image::Image::open(*layout_, image::resolve(*layout_, name));
  }

  void unpack_image(std::string_view name, const stdfs::path& bundle) {
    UnpackOptions options;
    options.jobs = 1;
    options.ownership = {.uids = layer::IdMap({{0, ::geteuid(), 1}}),
                         .gids = layer::IdMap({{0, ::getegid(), 1}}),
                         .rootless = true};
    unpack(*layout_, image::resolve(*layout_, name), bundle, options);
  }

  /// Repacks as `name`; what the new layer holds.
  Layer repack_to(std::string_view name, const RepackOptions& options = {}) {
    repack(*layout_, name, bundle(), options);
    const image::Image image = open_image(name);
    tree::MemoryTree layer;
    layout_->blobs().read(image.manifest.layers.back(), [&](io::Source& bytes) {
      tar::Reader entries(bytes);
      while (const Entry* entry = entries.next()) layer.put(*entry, entries.content());
    });
    return layer.nodes();
  }

  static RepackOptions uncompressed() {
    RepackOptions options;
    options.compression = codec::Compression::none;
    return options;
  }

  /// Gives an object of the rootfs another modification time.
  void touch(std::string_view name) const {
    const timespec times[2] = {{.tv_sec = 7, .tv_nsec = 0}, {.tv_sec = 7, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (rootfs() / name).c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }

  [[nodiscard]] stdfs::path bundle() const { return directory_ / "bundle"; }
  [[nodiscard]] stdfs::path rootfs() const { return bundle() / "rootfs"; }

  test::TemporaryDirectory directory_;
  std::optional<store::Layout> layout_;
};

void expect_owner(const Layer& layer, std::string_view path, std::uint32_t uid, std::uint32_t gid) {
  const auto node = layer.find(TreePath::clean(path));
  ASSERT_NE(node, layer.end()) << path;
  EXPECT_EQ(node->second.entry.uid, uid) << path;
  EXPECT_EQ(node->second.entry.gid, gid) << path;
}

TEST_F(RootlessStories, WhatTheDiskDoesNotHoldComesBack) {
  for (const char* name : {"link", "fifo", "file", "dev/null"}) touch(name);
  const Layer layer = repack_to("again", uncompressed());
  for (const char* name : {"link", "fifo", "file", "dev/null"}) expect_owner(layer, name, 5, 6);
  const Entry& device = layer.at(TreePath::clean("dev/null")).entry;
  EXPECT_EQ(device.type, EntryType::char_device);
  EXPECT_EQ(device.device, (tree::DeviceNumber{.major = 1, .minor = 3}));
  EXPECT_EQ(device.mode, 0666U);
  EXPECT_EQ(device.mtime.seconds, 7);
  EXPECT_TRUE(device.xattrs.empty());
}

TEST_F(RootlessStories, WithoutChangesThereIsNoLayer) {
  repack(*layout_, "same", bundle(), uncompressed());
  EXPECT_EQ(open_image("same").manifest.layers.size(), open_image("image").manifest.layers.size());
}

TEST_F(RootlessStories, WhatWasReplacedIsTheCallersOwn) {
  stdfs::remove(rootfs() / "link");
  stdfs::create_symlink("elsewhere", rootfs() / "link");
  stdfs::remove(rootfs() / "fifo");
  stdfs::create_symlink("target", rootfs() / "fifo");
  ::chmod((rootfs() / "dev/null").c_str(), 0600);
  std::ofstream(rootfs() / "dev/null") << "content";
  const Layer layer = repack_to("again", uncompressed());
  expect_owner(layer, "link", 0, 0);
  expect_owner(layer, "fifo", 0, 0);
  const Entry& file = layer.at(TreePath::clean("dev/null")).entry;
  EXPECT_EQ(file.type, EntryType::file);
  EXPECT_EQ(file.size_bytes, 7U);
}

TEST_F(RootlessStories, ARefreshedBundleStillKnows) {
  touch("file");
  RepackOptions options = uncompressed();
  options.refresh = RefreshBundle::yes;
  EXPECT_EQ(repack_to("again", options).count(TreePath::clean("link")), 0U);
  touch("link");
  touch("dev/null");
  const Layer layer = repack_to("more", uncompressed());
  expect_owner(layer, "link", 5, 6);
  EXPECT_EQ(layer.at(TreePath::clean("dev/null")).entry.type, EntryType::char_device);
}

}  // namespace
}  // namespace umoci::bundle
