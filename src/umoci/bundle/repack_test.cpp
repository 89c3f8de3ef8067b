// SPDX-License-Identifier: Apache-2.0
// What repack makes of particular changes. That all changes come back is asked in
// round_trip_test.cpp.
#include <umoci/bundle/repacked_bundle_test.hpp>
#include <umoci/bundle/round_trip_tree_test.hpp>

#include <umoci/base/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace umoci::bundle::test {
namespace {

namespace stdfs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tree::TreePath;
using umoci::test::write_file;

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

TEST_F(RepackedBundle, ASocketLeavesNothingOfWhatWasThere) {
  unpack_image();
  for (const auto refresh : {RefreshBundle::no, RefreshBundle::yes}) {
    stdfs::remove_all(rootfs("d"));
    stdfs::remove(rootfs("e/f"));
    put_socket("d");
    put_socket("e/f");
    EXPECT_THAT(repacked({.refresh = refresh}), ElementsAre("", ".wh.d", "e", "e/.wh.f"));
    EXPECT_THAT(log_.warnings(), Contains(HasSubstr("path=/d")));
    EXPECT_THAT(log_.warnings(), Contains(HasSubstr("path=/e/f")));
    unpack_to("again", "repacked");
    EXPECT_FALSE(stdfs::exists(path("again/rootfs/d")));
    EXPECT_FALSE(stdfs::exists(path("again/rootfs/e/f")));
    stdfs::remove_all(path("again"));
    if (refresh == RefreshBundle::no) start_anew();
  }
  // The image has neither: a file in the place of one is new, and one that goes is no change.
  EXPECT_THAT(repacked({.refresh = RefreshBundle::yes}), IsEmpty());
  stdfs::remove(rootfs("d"));
  stdfs::remove(rootfs("e/f"));
  write_file(rootfs("e/f"), "new");
  for (const char* name : {"", "e"}) set_time(name, {.tv_sec = 7, .tv_nsec = 0});
  EXPECT_THAT(repacked(), ElementsAre("", "e", "e/f"));
}

TEST_F(RepackedBundle, NewSocketsAloneMakeNoLayer) {
  unpack_image();
  put_socket("e/s");
  stdfs::create_hard_link(rootfs("e/s"), rootfs("e/t"));
  put_socket("d/m/s");
  for (const char* name : {"e", "d/m"}) set_time(name, {.tv_sec = 1'000'000'000, .tv_nsec = 0});
  EXPECT_THAT(repacked({.masks = {TreePath::clean("d/m")}}), IsEmpty());
  EXPECT_THAT(log_.warnings(), ElementsAre(HasSubstr("path=/e/s"), HasSubstr("path=/e/t")));
}

TEST_F(RepackedBundle, MaskedChangesTakeNoOtherNamesAlong) {
  put("e/g", tree::EntryType::hard_link).link = "d/f";
  unpack_image();
  write_file(rootfs("e/g"), "changed");
  const RepackOptions masked{.masks = {TreePath::clean("d")}, .refresh = RefreshBundle::yes};
  EXPECT_THAT(repacked(masked), ElementsAre("e/g"));
  EXPECT_THAT(repacked(masked), IsEmpty()) << "nothing changed since";
  EXPECT_THAT(repacked(masked), IsEmpty());
  EXPECT_THAT(repacked(), ElementsAre("d/f", "e/g")) << "one object";
}

TEST_F(RepackedBundle, NamesThatAMaskLeftBehindComeBackToTheirObject) {
  put("e/g", tree::EntryType::hard_link).link = "d/f";
  put("e/h", tree::EntryType::hard_link).link = "d/f";
  unpack_image();
  const RepackOptions masked{.masks = {TreePath::clean("d")}, .refresh = RefreshBundle::yes};
  stdfs::rename(rootfs("e/h"), rootfs("e/i"));
  set_time("e", {.tv_sec = 1'000'000'000, .tv_nsec = 0});
  const Tree changed = read_tree(path("bundle/rootfs").native());
  EXPECT_THAT(repacked(masked), ElementsAre("e/g", "e/.wh.h", "e/i"));
  EXPECT_THAT(repacked(masked), IsEmpty());
  EXPECT_THAT(repacked(), ElementsAre("d/f", "e/g", "e/i"));
  unpack_to("again", "repacked");
  EXPECT_EQ(difference(changed, read_tree(path("again/rootfs").native())), "");
}

TEST_F(RepackedBundle, ObjectsThatAreAlikeAndExchangeNamesAreAChange) {
  put("e/q", tree::EntryType::hard_link).link = "d/f";
  put("p", tree::EntryType::file);
  put("e/r", tree::EntryType::hard_link).link = "p";
  unpack_image();
  EXPECT_THAT(repacked(), IsEmpty());
  ASSERT_EQ(::renameat2(AT_FDCWD, rootfs("e/q").c_str(), AT_FDCWD, rootfs("e/r").c_str(),
                        RENAME_EXCHANGE),
            0);
  set_time("e", {.tv_sec = 1'000'000'000, .tv_nsec = 0});
  const Tree changed = read_tree(path("bundle/rootfs").native());
  EXPECT_THAT(repacked({.refresh = RefreshBundle::yes}), ElementsAre("d/f", "e/q", "e/r", "p"));
  EXPECT_THAT(repacked(), IsEmpty());
  unpack_to("again", "repacked");
  EXPECT_EQ(difference(changed, read_tree(path("again/rootfs").native())), "");
}

TEST_F(RepackedBundle, TheLastNameOfAnObjectIsWholeAgain) {
  put("e/g", tree::EntryType::hard_link).link = "d/f";
  unpack_image();
  write_file(rootfs("d/f"), "content");
  EXPECT_THAT(repacked({.refresh = RefreshBundle::yes}), ElementsAre("d/f", "e/g"));
  stdfs::remove(rootfs("d/f"));
  set_time("d", {.tv_sec = 1'000'000'000, .tv_nsec = 0});
  EXPECT_THAT(repacked(), ElementsAre("d/.wh.f", "e/g"));
  EXPECT_EQ(layer_.at(1).type, tree::EntryType::file);
  EXPECT_EQ(layer_.at(1).size_bytes, 7U);
}

TEST_F(RepackedBundle, EachNameOfAnObjectHasItsMetadata) {
  unpack_image();
  stdfs::create_hard_link(rootfs("d/f"), rootfs("e/g"));
  ASSERT_EQ(::chmod(rootfs("d/f").c_str(), 0751), 0);
  if (::setxattr(rootfs("d/f").c_str(), "user.a", "1", 1, 0) != 0) {
    GTEST_SKIP() << "no attributes here";
  }
  set_time("d/f", {.tv_sec = 77, .tv_nsec = 0});
  set_time("e", {.tv_sec = 1'000'000'000, .tv_nsec = 0});
  EXPECT_THAT(repacked(), ElementsAre("d/f", "e/g"));
  EXPECT_EQ(layer_.at(1).type, tree::EntryType::hard_link);
  for (const tree::Entry& entry : layer_) {
    EXPECT_EQ(entry.mode, 0751U);
    EXPECT_EQ(entry.mtime.seconds, 77);
    EXPECT_EQ(entry.xattrs, (tree::Xattrs{{"user.a", "1"}}));
  }
}

TEST_F(RepackedBundle, TheRuntimeConfigurationIsNotPartOfTheImage) {
  unpack_image();
  write_file(path("bundle/config.json"), R"({"process":{"args":["other"]}})");
  EXPECT_THAT(repacked(), IsEmpty());
  EXPECT_EQ(open_image("repacked").path.target().digest, open_image("image").path.target().digest);
  stdfs::remove(path("bundle/config.json"));
  EXPECT_THAT(repacked(), IsEmpty());
}

TEST_F(RepackedBundle, TheSourceMustBeAManifest) {
  unpack_image();
  const BundleMeta meta = read_meta();
  const auto set_source = [&](const char* type) {
    BundleMeta other = meta;
    other.from.walk.back().media_type = type;
    write_file(path("bundle/umoci.json"), other.dump());
  };
  const std::string index = umoci::test::read_file(path("layout/index.json"));
  for (const char* type : {"application/vnd.oci.image.index.v1+json",
                           "application/vnd.oci.image.config.v1+json", "text/plain", ""}) {
    set_source(type);
    try {
      (void)repacked();
      ADD_FAILURE() << "accepted: " << type;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("source image of the bundle")) << type;
    }
    EXPECT_EQ(umoci::test::read_file(path("layout/index.json")), index);
  }
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
  const stdfs::path mtree = mtree_path();
  const auto kept = umoci::test::run_program({"grep", "-v", "#umoci:", mtree.native()});
  ASSERT_EQ(kept.status, 0);
  write_file(mtree, kept.out);
  BundleMeta meta = read_meta();
  meta.mtree_digest.reset();
  write_file(path("bundle/umoci.json"), meta.dump());
  EXPECT_THAT(repacked(), IsEmpty());
}

TEST_F(RepackedBundle, NeverOpensWhatIsNoFile) {
  unpack_image();
  // Reading a FIFO would take forever.
  for (const char* name : {"d/f", "e/f"}) {
    stdfs::remove(rootfs(name));
    ASSERT_EQ(::mkfifo(rootfs(name).c_str(), 0600), 0);
  }
  put_socket("socket");
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
