// SPDX-License-Identifier: Apache-2.0
#pragma once

// A small image, its bundle, and what a repack makes of it.

#include <umoci/bundle/bundle_meta.hpp>
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/bundle/repack.hpp>
#include <umoci/bundle/unpack.hpp>

#include <umoci/image/create.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tar/writer.hpp>

#include <gtest/gtest.h>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::bundle::test {

using Paths = std::vector<std::string>;

/// A bundle of an image with directories `d`, `d/m`, `d/m/n` and `e`, a file `f` in each of them,
/// and whatever a test adds.
class RepackedBundle : public testing::Test {
 protected:
  RepackedBundle() {
    store::Layout::create(path("layout"));
    layout_ = store::Layout::open(path("layout"), {.durability = fs::Durability::unsynced});
    image::create(*layout_, "image", {.created = "2020-01-01T00:00:00Z"});
    for (const char* name : {"d", "d/m", "d/m/n", "e"}) {
      put(name, tree::EntryType::directory);
      put(std::string(name) + "/f", tree::EntryType::file);
    }
  }

  tree::Entry& put(const std::string& name, tree::EntryType type) {
    tree::Entry entry;
    entry.path = tree::TreePath::clean(name);
    entry.type = type;
    entry.mode = type == tree::EntryType::directory ? 0755 : 0644;
    entry.mtime.seconds = 1'000'000'000;
    return entries_.emplace_back(entry);
  }

  void unpack_image() {
    image::Edit edit(open_image("image"));
    edit.append_layer(image::write_layer(*layout_, codec::Compression::none,
                                         [&](io::Sink& bytes) {
                                           tar::Writer archive(bytes);
                                           io::BytesSource nothing{io::Bytes{}};
                                           for (const auto& entry : entries_) {
                                             archive.put(entry, nothing);
                                           }
                                           archive.finish();
                                         }),
                      std::nullopt);
    edit.commit(*layout_, "image");
    unpack_to("bundle");
  }

  void unpack_to(std::string_view bundle, std::string_view name = "image") {
    unpack_as_caller(path(bundle), name);
  }

  /// As before, to a path that is taken as it is.
  void unpack_as_caller(const std::filesystem::path& bundle, std::string_view name = "image") {
    UnpackOptions options;
    // Everything belongs to root in the image, and to whoever runs the test on the disk.
    if (::geteuid() != 0) {
      options.ownership.uids =
          layer::IdMap({{.container_id = 0, .host_id = ::geteuid(), .size = 1}});
      options.ownership.gids =
          layer::IdMap({{.container_id = 0, .host_id = ::getegid(), .size = 1}});
    }
    unpack(*layout_, image::resolve(*layout_, name), bundle, options);
  }

  /// The names in the layer that a repack makes; empty if it makes none.
  Paths repacked(RepackOptions options = {}) {
    options.compression = codec::Compression::none;
    options.log = &log_;
    repack(*layout_, "repacked", path("bundle"), options);
    const auto layers = open_image("repacked").manifest.layers;
    const bool is_new = layers.size() > base_layers_;
    if (options.refresh == RefreshBundle::yes) base_layers_ = layers.size();
    if (!is_new) return {};
    return names_in(layers.back());
  }

  Paths names_in(const oci::Descriptor& layer) {
    Paths names;
    layer_.clear();
    layout_->blobs().read({.digest = layer.digest, .size_bytes = layer.size_bytes},
                          [&](io::Source& bytes) {
                            tar::Reader reader(bytes);
                            while (const tree::Entry* const entry = reader.next()) {
                              names.push_back(entry->path.text());
                              layer_.push_back(*entry);
                            }
                          });
    return names;
  }

  [[nodiscard]] image::Image open_image(std::string_view name) const {
    return image::Image::open(*layout_, image::resolve(*layout_, name));
  }
  [[nodiscard]] std::filesystem::path path(std::string_view name) const {
    return directory_.path() / name;
  }
  [[nodiscard]] std::string rootfs(std::string_view name) const {
    return (path("bundle/rootfs") / name).native();
  }
  /// The manifest of the tree.
  [[nodiscard]] std::filesystem::path mtree_path() const {
    return BundlePaths{path("bundle")}.mtree(read_meta().from.target().digest);
  }
  [[nodiscard]] BundleMeta read_meta() const {
    return BundleMeta::parse(umoci::test::read_file(path("bundle/umoci.json")));
  }
  void put_socket(std::string_view name) const {
    ASSERT_EQ(::mknod(rootfs(name).c_str(), S_IFSOCK | 0600, 0), 0);
  }
  /// Forgets the bundle and what was made of it.
  void start_anew() {
    std::filesystem::remove_all(directory_.path() / "bundle");
    unpack_to("bundle");
  }
  void set_time(std::string_view name, timespec time) const {
    const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, time};
    ASSERT_EQ(::utimensat(AT_FDCWD, rootfs(name).c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }

  umoci::test::TemporaryDirectory directory_;
  std::optional<store::Layout> layout_;
  std::vector<tree::Entry> entries_;
  std::vector<tree::Entry> layer_;  ///< what names_in() saw
  std::size_t base_layers_ = 1;     ///< of the image that the bundle belongs to
  umoci::test::RecordingLog log_;
};

}  // namespace umoci::bundle::test
