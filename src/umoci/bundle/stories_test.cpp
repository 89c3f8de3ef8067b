// SPDX-License-Identifier: Apache-2.0
// Both stories on small images. What other programs make of the results is asked in tests/interop.
#include <umoci/bundle/bundle_meta.hpp>
#include <umoci/bundle/bundle_paths.hpp>
#include <umoci/bundle/repack.hpp>
#include <umoci/bundle/unpack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/image/create.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/tar/writer.hpp>

#include <gtest/gtest.h>
#include <umoci_test/errors.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace umoci::bundle {
namespace {

namespace stdfs = std::filesystem;
using tree::TreePath;

tree::Entry entry(std::string_view path, tree::EntryType type, std::uint64_t size_bytes = 0) {
  tree::Entry result;
  result.path = TreePath::clean(path);
  result.type = type;
  result.mode = type == tree::EntryType::directory ? 0755 : 0644;
  result.size_bytes = size_bytes;
  result.mtime = {.seconds = 1'000'000'000, .nanoseconds = 0};
  return result;
}

class StoriesTest : public testing::Test {
 protected:
  StoriesTest() {
    store::Layout::create(layout_path());
    layout_ = store::Layout::open(layout_path(), {.durability = fs::Durability::unsynced});
    image::create(*layout_, "image", {.created = "2020-01-01T00:00:00Z"});
  }

  using Content = std::map<std::string, std::string>;

  /// Adds a layer that holds these files, and a large one to give every stage something to do.
  void add_layer(const Content& files, std::optional<digest::Digest> false_diff_id = {}) {
    auto layer = image::write_layer(*layout_, codec::Compression::gzip, [&](io::Sink& tar_bytes) {
      tar::Writer entries(tar_bytes);
      for (const auto& [path, content] : files) {
        io::BytesSource bytes(content);
        entries.put(entry(path, tree::EntryType::file, content.size()), bytes);
      }
      entries.finish();
    });
    if (false_diff_id) layer.diff_id = *false_diff_id;
    image::Edit edit(open_image());
    edit.append_layer(layer, std::nullopt);
    edit.commit(*layout_, "image");
  }

  [[nodiscard]] image::Image open_image(std::string_view name = "image") const {
    return image::Image::open(*layout_, image::resolve(*layout_, name));
  }

  void unpack_to(const stdfs::path& bundle, unsigned jobs = 1, std::string_view name = "image") {
    UnpackOptions options;
    options.jobs = jobs;
    options.ownership = caller_owns_all();
    unpack(*layout_, image::resolve(*layout_, name), bundle, options);
  }

  /// The tests run as anybody, and an ordinary user could not give the rootfs to root.
  static layer::Ownership caller_owns_all() {
    if (::geteuid() == 0) return {};
    layer::Ownership ownership;
    ownership.uids = layer::IdMap({{.container_id = 0, .host_id = ::geteuid(), .size = 1}});
    ownership.gids = layer::IdMap({{.container_id = 0, .host_id = ::getegid(), .size = 1}});
    return ownership;
  }

  /// Everything in a rootfs, one object a line.
  static std::string describe(const BundlePaths& bundle) {
    std::ostringstream out;
    const fs::Root root = fs::Root::open(bundle.rootfs());
    fs::Walker walker(root);
    while (const tree::Entry* found = walker.next()) {
      out << found->path.display() << ' ' << name_of(found->type) << ' ' << found->mode << ' '
          << found->uid << ':' << found->gid << ' ' << found->mtime.seconds;
      if (found->type == tree::EntryType::file) {
        out << ' ' << digest::digest_of(io::read_all(walker.content(), 1U << 30U)).text();
      }
      out << '\n';
    }
    return out.str();
  }

  static std::string read(const stdfs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  [[nodiscard]] stdfs::path layout_path() const { return directory_.path() / "layout"; }
  [[nodiscard]] stdfs::path path(std::string_view name) const { return directory_.path() / name; }

  test::TemporaryDirectory directory_;
  std::optional<store::Layout> layout_;
  const std::string large_ = std::string(3'000'000, 'x') + "end";
};

TEST_F(StoriesTest, the_number_of_threads_does_not_matter) {
  add_layer({{"etc/a", "lower"}, {"etc/b", "gone"}, {"large", large_}});
  add_layer({{"etc/a", "upper"}, {"etc/.wh.b", ""}});
  unpack_to(path("one"), 1);
  unpack_to(path("two"), 2);
  EXPECT_EQ(describe({path("one")}), describe({path("two")}));
  EXPECT_EQ(read(path("two/rootfs/etc/a")), "upper");
  EXPECT_FALSE(stdfs::exists(path("two/rootfs/etc/b")));
  EXPECT_EQ(read(path("two/rootfs/large")), large_);
}

TEST_F(StoriesTest, a_wrong_diff_id_leaves_nothing_whatever_the_number_of_threads) {
  add_layer({{"large", large_}}, digest::Digest("sha256:" + std::string(64, '0')));
  for (const unsigned jobs : {1U, 2U}) {
    try {
      unpack_to(path("bundle"), jobs);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt);
      EXPECT_NE(std::string(error.what()).find("diff_id mismatch"), std::string::npos);
    }
    EXPECT_FALSE(stdfs::exists(path("bundle")));
  }
}

TEST_F(StoriesTest, a_damaged_layer_leaves_nothing_whatever_the_number_of_threads) {
  add_layer({{"large", large_}});
  const auto layer = open_image().manifest.layers.at(0);
  const stdfs::path blob = layout_path() / "blobs/sha256" / layer.digest.encoded();
  std::string bytes = read(blob);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x20);
  std::ofstream(blob, std::ios::binary | std::ios::trunc) << bytes;
  for (const unsigned jobs : {1U, 2U}) {
    try {
      unpack_to(path("bundle"), jobs);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt);
      EXPECT_NE(std::string(error.what()).find("verified reader digest mismatch"),
                std::string::npos);
    }
    EXPECT_FALSE(stdfs::exists(path("bundle")));
  }
}

TEST_F(StoriesTest, what_is_wrong_beforehand_is_said_before_anything_is_written) {
  add_layer({{"a", "a"}});
  image::Edit edit(open_image());
  edit.config().set_os("plan9");
  edit.commit(*layout_, "foreign");
  EXPECT_THROW(unpack_to(path("bundle"), 1, "foreign"), Error);
  EXPECT_FALSE(stdfs::exists(path("bundle")));
}

TEST_F(StoriesTest, a_mapping_of_one_kind_makes_the_other_identity) {
  add_layer({{"a", "a"}});
  UnpackOptions options;
  options.ownership.uids = layer::IdMap({{.container_id = 0, .host_id = 0, .size = 65536}});
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  unpack(*layout_, image::resolve(*layout_, "image"), path("bundle"), options);
  const std::string config = read(path("bundle/config.json"));
  EXPECT_NE(config.find("\"gidMappings\""), std::string::npos) << config;
  EXPECT_NE(config.find("4294967295"), std::string::npos) << config;
  EXPECT_NE(read(path("bundle/umoci.json")).find("\"gid_mappings\":null"), std::string::npos);
}

class RepackTest : public StoriesTest {
 protected:
  RepackTest() {
    add_layer({{"etc/a", "a"}, {"etc/b", "b"}, {"data/kept", "kept"}});
    unpack_to(path("bundle"));
  }

  std::size_t repack_to(std::string_view name, const RepackOptions& options = {}) {
    repack(*layout_, name, path("bundle"), options);
    return open_image(name).manifest.layers.size();
  }

  void change(std::string_view file, std::string_view content) const {
    std::ofstream(path("bundle/rootfs") / file) << content;
  }
};

TEST_F(RepackTest, without_changes_there_is_no_new_layer) {
  EXPECT_EQ(repack_to("same"), 1U);
  EXPECT_EQ(open_image("same").path.target().digest, open_image().path.target().digest);
}

TEST_F(RepackTest, without_changes_history_says_that_nothing_happened) {
  RepackOptions options;
  options.history = image::HistoryRequest{.created = "2021-01-01T00:00:00Z",
                                          .default_created_by = "umoci repack",
                                          .default_author = image::DefaultAuthor::image,
                                          .created_by = {},
                                          .author = {},
                                          .comment = "why"};
  EXPECT_EQ(repack_to("same", options), 1U);
  const auto line = open_image("same").config.history().back();
  EXPECT_TRUE(line.empty_layer);
  EXPECT_EQ(line.comment, "why");
  EXPECT_EQ(line.created_by, "umoci repack");
}

TEST_F(RepackTest, a_change_comes_back) {
  change("etc/a", "changed");
  change("etc/new", "new");
  stdfs::remove(path("bundle/rootfs/etc/b"));
  EXPECT_EQ(repack_to("changed"), 2U);
  unpack_to(path("again"), 2, "changed");
  EXPECT_EQ(describe({path("again")}), describe({path("bundle")}));
}

TEST_F(RepackTest, masked_changes_are_neither_packed_nor_forgotten) {
  change("etc/a", "changed");
  change("data/secret", "masked");
  change("data/kept", "masked too");
  RepackOptions options;
  options.masks = {TreePath::clean("/data/")};
  options.refresh = RefreshBundle::yes;
  EXPECT_EQ(repack_to("masked", options), 2U);
  unpack_to(path("again"), 1, "masked");
  EXPECT_FALSE(stdfs::exists(path("again/rootfs/data/secret")));
  EXPECT_EQ(read(path("again/rootfs/data/kept")), "kept");

  EXPECT_EQ(repack_to("unmasked"), 3U);
  unpack_to(path("third"), 1, "unmasked");
  EXPECT_EQ(read(path("third/rootfs/data/secret")), "masked");
  EXPECT_EQ(read(path("third/rootfs/data/kept")), "masked too");
}

TEST_F(RepackTest, volumes_are_masked_unless_told_otherwise) {
  image::Edit edit(open_image());
  edit.config().add_volume("/data");
  edit.commit(*layout_, "volume");
  stdfs::remove_all(path("bundle"));
  unpack_to(path("bundle"), 1, "volume");
  const struct stat before = [&] {
    struct stat status{};
    ::stat(path("bundle/rootfs/data").c_str(), &status);
    return status;
  }();
  change("data/kept", "changed");
  const timespec times[] = {before.st_atim, before.st_mtim};
  ::utimensat(AT_FDCWD, path("bundle/rootfs/data").c_str(), times, 0);
  EXPECT_EQ(repack_to("masked"), 1U);
  EXPECT_EQ(repack_to("packed", {.volume_masks = VolumeMasks::ignore}), 2U);
}

TEST_F(RepackTest, a_refreshed_bundle_belongs_to_the_new_image) {
  change("etc/a", "changed");
  EXPECT_EQ(repack_to("first", {.refresh = RefreshBundle::yes}), 2U);
  const BundleMeta meta = BundleMeta::parse(read(path("bundle/umoci.json")));
  EXPECT_EQ(meta.from.target().digest, open_image("first").path.target().digest);
  // One manifest of the tree, not two.
  std::size_t manifests = 0;
  for (const auto& file : stdfs::directory_iterator(path("bundle"))) {
    if (file.path().extension() == ".mtree") ++manifests;
  }
  EXPECT_EQ(manifests, 1U);
  EXPECT_EQ(repack_to("second"), 2U);
}

TEST_F(RepackTest, refreshing_without_any_change_keeps_the_manifest_of_the_tree) {
  EXPECT_EQ(repack_to("same", {.refresh = RefreshBundle::yes}), 1U);
  EXPECT_EQ(repack_to("same-again", {.refresh = RefreshBundle::yes}), 1U);
}

TEST_F(RepackTest, what_is_no_bundle_is_an_error_and_changes_nothing) {
  const auto index = read(layout_path() / "index.json");
  EXPECT_THROW(repack(*layout_, "new", path("nothing"), {}), Error);
  stdfs::remove(path("bundle/umoci.json"));
  EXPECT_THROW(repack(*layout_, "new", path("bundle"), {}), Error);
  EXPECT_EQ(read(layout_path() / "index.json"), index);
}

TEST_F(RepackTest, what_a_link_stands_for_is_not_read) {
  const auto mtree = BundlePaths{path("bundle")}.mtree(open_image().path.target().digest);
  for (const stdfs::path& part : {path("bundle/rootfs"), path("bundle/umoci.json"), mtree}) {
    const stdfs::path elsewhere = path("elsewhere");
    stdfs::rename(part, elsewhere);
    stdfs::create_symlink(elsewhere, part);
    EXPECT_THROW(repack_to("new"), Error) << part;
    stdfs::remove(part);
    stdfs::rename(elsewhere, part);
  }
  EXPECT_EQ(repack_to("new"), 1U);
}

TEST_F(RepackTest, a_huge_manifest_of_the_tree_is_not_read) {
  const auto mtree = BundlePaths{path("bundle")}.mtree(open_image().path.target().digest);
  stdfs::resize_file(mtree, 1ULL << 40U);
  EXPECT_ERROR(limit_exceeded, "more than", repack_to("new"));
}

TEST_F(RepackTest, a_damaged_manifest_of_the_tree_is_an_error) {
  const auto mtree = BundlePaths{path("bundle")}.mtree(open_image().path.target().digest);
  std::ofstream(mtree, std::ios::app) << "\n/nonsense type=dir\n";
  EXPECT_THROW(repack_to("new"), Error);
  stdfs::remove(mtree);
  EXPECT_THROW(repack_to("new"), Error);
}

}  // namespace
}  // namespace umoci::bundle
