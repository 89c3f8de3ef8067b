// SPDX-License-Identifier: Apache-2.0
// What repack makes of particular changes. That all changes come back is asked in
// round_trip_test.cpp.
#include <umoci/bundle/repack.hpp>
#include <umoci/bundle/round_trip_tree_test.hpp>
#include <umoci/bundle/unpack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/create.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tar/writer.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <optional>

namespace umoci::bundle::test {
namespace {

namespace stdfs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tree::TreePath;
using umoci::test::write_file;
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
    entry.path = TreePath::clean(name);
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
    UnpackOptions options;
    // Everything belongs to root in the image, and to whoever runs the test on the disk.
    if (::geteuid() != 0) {
      options.ownership.uids =
          layer::IdMap({{.container_id = 0, .host_id = ::geteuid(), .size = 1}});
      options.ownership.gids =
          layer::IdMap({{.container_id = 0, .host_id = ::getegid(), .size = 1}});
    }
    unpack(*layout_, image::resolve(*layout_, name), path(bundle), options);
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
  [[nodiscard]] stdfs::path path(std::string_view name) const { return directory_.path() / name; }
  [[nodiscard]] std::string rootfs(std::string_view name) const {
    return (path("bundle/rootfs") / name).native();
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

TEST_F(RepackedBundle, FractionsOfASecondAreNoChangeAndAreCutOff) {
  unpack_image();
  set_time("d/f", {.tv_sec = 1'000'000'000, .tv_nsec = 999'999'999});
  EXPECT_THAT(repacked(), IsEmpty());
  set_time("d/f", {.tv_sec = 1'000'000'001, .tv_nsec = 999'999'999});
  EXPECT_THAT(repacked(), ElementsAre("d/f"));
  EXPECT_EQ(layer_.at(0).mtime, (Time{.seconds = 1'000'000'001}));
  set_time("d/f", {.tv_sec = -2, .tv_nsec = 999'999'999});
  EXPECT_THAT(repacked(), ElementsAre("d/f"));
  EXPECT_EQ(layer_.at(0).mtime, (Time{.seconds = -2})) << "down, not towards zero";
}

TEST_F(RepackedBundle, ARenamedHardLinkTakesItsOtherNamesAlong) {
  unpack_image();
  stdfs::create_hard_link(rootfs("d/f"), rootfs("e/g"));
  set_time("e", {.tv_sec = 1'000'000'000, .tv_nsec = 0});
  EXPECT_THAT(repacked({.refresh = RefreshBundle::yes}), ElementsAre("d/f", "e/g"));
  stdfs::rename(rootfs("e/g"), rootfs("e/h"));
  set_time("e", {.tv_sec = 1'000'000'000, .tv_nsec = 0});
  EXPECT_THAT(repacked(), ElementsAre("d/f", "e/.wh.g", "e/h"));
  EXPECT_EQ(layer_.at(2).type, tree::EntryType::hard_link);
  EXPECT_EQ(layer_.at(2).link, "d/f");
  // What is masked stays out, although the names are no longer one object in the image then.
  EXPECT_THAT(repacked({.masks = {TreePath::clean("d")}}), ElementsAre("e/.wh.g", "e/h"));
}

TEST_F(RepackedBundle, MaskedChangesOfEveryKindOutlastARefresh) {
  unpack_image();
  const auto mask = [](const char* name) { return TreePath::clean(name); };
  const RepackOptions masked{.masks = {mask("/d/m"), mask("d/m/n"), mask("/e/f")},
                             .refresh = RefreshBundle::yes};
  stdfs::remove_all(rootfs("d/m/n"));
  stdfs::remove(rootfs("d/m/f"));
  stdfs::create_directory(rootfs("d/m/f"));
  write_file(rootfs("d/m/f/new"), "new");
  stdfs::remove(rootfs("e/f"));
  const Tree changed = read_tree(path("bundle/rootfs").native());
  EXPECT_THAT(repacked(masked), ElementsAre("e")) << "the time of the directory above";
  EXPECT_THAT(repacked(masked), IsEmpty()) << "neither packed nor forgotten";
  EXPECT_THAT(repacked(), ElementsAre("d/m", "d/m/f", "d/m/f/new", "d/m/.wh.n", "e/.wh.f"));
  unpack_to("again", "repacked");
  EXPECT_EQ(difference(changed, read_tree(path("again/rootfs").native())), "");
}

TEST_F(RepackedBundle, WhatWasMaskedInADirectoryThatIsGoneIsGoneToo) {
  unpack_image();
  stdfs::remove_all(rootfs("d"));
  stdfs::remove_all(rootfs("e"));
  write_file(rootfs("e"), "a file now");
  const Tree changed = read_tree(path("bundle/rootfs").native());
  const std::vector<TreePath> masks{TreePath::clean("d/m"), TreePath::clean("e/f")};
  EXPECT_THAT(repacked({.masks = masks, .refresh = RefreshBundle::yes}),
              ElementsAre("", ".wh.d", "e"));
  EXPECT_THAT(repacked(), IsEmpty());
  unpack_to("again", "repacked");
  EXPECT_EQ(difference(changed, read_tree(path("again/rootfs").native())), "");
}

TEST_F(RepackedBundle, ADirectoryThatBecameSomethingElseHasNoWhiteoutsBelow) {
  unpack_image();
  stdfs::remove_all(rootfs("d"));
  stdfs::create_symlink("e", rootfs("d"));
  EXPECT_THAT(repacked(), ElementsAre("", "d"));
}

TEST_F(RepackedBundle, MovesToAnotherFileSystem) {
  const stdfs::path elsewhere = "/dev/shm";
  struct stat here{};
  struct stat there{};
  if (::stat(directory_.path().c_str(), &here) != 0 || ::stat(elsewhere.c_str(), &there) != 0 ||
      here.st_dev == there.st_dev || ::access(elsewhere.c_str(), W_OK) != 0) {
    GTEST_SKIP() << "there is no other file system to move to";
  }
  unpack_image();
  ::setenv("TMPDIR", elsewhere.c_str(), 1);
  const umoci::test::TemporaryDirectory other;
  const auto copied =
      umoci::test::run_program({"cp", "-a", path("bundle").native(), (other / "copy").native()});
  ASSERT_EQ(copied.status, 0) << copied.err;
  // Sizes and link counts of directories are others there.
  const auto before = open_image("image").manifest.layers.size();
  const auto image = repack(*layout_, "moved", other / "copy", {});
  EXPECT_EQ(image::Image::open(*layout_, image).manifest.layers.size(), before);
}

TEST_F(RepackedBundle, OfUmociItselfHasNoChangesWhereUmociDoesNotLook) {
  put("l", tree::EntryType::symlink).link = "f";
  const bool has_devices = umoci::test::is_real_root();
  if (has_devices) {
    put("null", tree::EntryType::char_device).device = {.major = 1, .minor = 3};
    put("p", tree::EntryType::fifo).xattrs = {{"trusted.a", "1"}};
  }
  unpack_image();
  stdfs::path mtree;
  for (const auto& file : stdfs::directory_iterator(path("bundle"))) {
    if (file.path().extension() == ".mtree") mtree = file.path();
  }
  const auto kept = umoci::test::run_program({"grep", "-v", "#umoci:", mtree.native()});
  ASSERT_EQ(kept.status, 0);
  write_file(mtree, kept.out);
  EXPECT_THAT(repacked(), IsEmpty());
}

TEST_F(RepackedBundle, NeverOpensWhatIsNoFile) {
  unpack_image();
  // Reading a FIFO would take forever.
  for (const char* name : {"d/f", "e/f"}) {
    stdfs::remove(rootfs(name));
    ASSERT_EQ(::mkfifo(rootfs(name).c_str(), 0600), 0);
  }
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_EQ(::chdir(rootfs("").c_str()), 0);
  std::string("socket").copy(address.sun_path, sizeof address.sun_path);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
  ASSERT_EQ(::chdir("/"), 0);
  EXPECT_THAT(repacked(), ElementsAre("", "d", "d/f", "e", "e/f"));
  EXPECT_THAT(log_.warnings(), Contains(HasSubstr("path=/socket")));
}

TEST_F(RepackedBundle, TheImageKeepsWhatIsNotAboutLayers) {
  unpack_image();
  image::Edit edit(open_image("image"));
  edit.config().set_variant("v7");
  edit.commit(*layout_, "image");
  stdfs::remove_all(path("bundle"));
  unpack_to("bundle");
  const std::string before = open_image("image").config.dump();
  EXPECT_THAT(repacked(), IsEmpty());
  EXPECT_EQ(open_image("repacked").config.dump(), before) << "without a line of history";
}

// Measured with the reference program.
TEST_F(RepackedBundle, AKnownChangeMakesAKnownLayer) {
  entries_.clear();
  unpack_image();
  ::umask(022);
  stdfs::create_directory(rootfs("dd"));
  write_file(rootfs("dd/\u00fc"), "hello");
  if (::setxattr(rootfs("dd/\u00fc").c_str(), "user.a", "\xff\0", 2, 0) != 0) {
    GTEST_SKIP() << "no attributes here";
  }
  ASSERT_EQ(::setxattr(rootfs("dd/\u00fc").c_str(), "user.b", "2", 1, 0), 0);
  set_time("dd/\u00fc", {.tv_sec = 99, .tv_nsec = 5});
  set_time("dd", {.tv_sec = 99, .tv_nsec = 0});
  set_time("", {.tv_sec = 98, .tv_nsec = 0});
  EXPECT_THAT(repacked(), ElementsAre("", "dd", "dd/\u00fc"));
  EXPECT_EQ(open_image("repacked").manifest.layers.back().digest.text(),
            "sha256:9637bafe671f1f2dc69b83766700c976d09b12de31e99dbfd325d46d0d7d762c");
}

TEST_F(RepackedBundle, MountsArePackedWithAWarning) {
  if (!umoci::test::is_real_root()) GTEST_SKIP() << "only root mounts";
  unpack_image();
  umoci::test::in_child_process([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", "", MS_REC | MS_PRIVATE, "") != 0 ||
        ::mount("tmpfs", rootfs("e").c_str(), "tmpfs", 0, "") != 0) {
      GTEST_SKIP() << "nothing can be mounted here";
    }
    write_file(rootfs("e/mounted"), "x");
    // The same object in two places, with two names in each of them.
    stdfs::create_hard_link(rootfs("d/f"), rootfs("d/g"));
    ASSERT_EQ(::mount(rootfs("d").c_str(), rootfs("e").c_str(), "", MS_BIND, ""), 0);
    EXPECT_THAT(repacked(), Contains("e/g"));
    for (const tree::Entry& entry : layer_) {
      EXPECT_TRUE(entry.type != tree::EntryType::hard_link || entry.path.name() == "g" ||
                  entry.path.name() == "f")
          << entry.path.display();
    }
    ASSERT_EQ(::umount(rootfs("e").c_str()), 0);
    EXPECT_THAT(repacked(), Contains("e/mounted"));
    EXPECT_THAT(log_.warnings(), Contains(HasSubstr("path=/e")));
    ASSERT_EQ(::umount(rootfs("e").c_str()), 0);
  });
}

}  // namespace
}  // namespace umoci::bundle::test
