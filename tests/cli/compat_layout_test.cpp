// SPDX-License-Identifier: Apache-2.0

// init, new, list, tag, remove and gc: what they print, what they leave on disk.

#include <umoci_test/command_line.hpp>

#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace umoci::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
namespace stdfs = std::filesystem;

class LayoutTest : public CommandLineTest {
 protected:
  std::string list() { return run_well({"ls", "--layout", path("layout")}); }

  /// Creation masks differ: those of a test are set here.
  void SetUp() override { old_umask_ = ::umask(0022); }
  void TearDown() override { ::umask(old_umask_); }

  static mode_t mode_of(const stdfs::path& file) {
    struct stat status{};
    EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
    return status.st_mode & 07777U;
  }

  std::size_t blob_count() const {
    const stdfs::directory_iterator blobs(path("layout/blobs/sha256"));
    return static_cast<std::size_t>(std::distance(begin(blobs), end(blobs)));
  }

 private:
  mode_t old_umask_ = 0;
};

TEST_F(LayoutTest, init_makes_an_empty_layout_and_its_parents) {
  EXPECT_EQ(run_well({"init", "--layout", path("a/b/layout")}), "");
  const auto made = everything();
  EXPECT_EQ(made.at("a/b/layout/index.json"),
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
            R"("manifests":[]})"
            "\n");
  EXPECT_EQ(made.at("a/b/layout/oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}\n");
  EXPECT_EQ(made.size(), 7U);
  EXPECT_EQ(mode_of(path("a/b/layout/blobs/sha256")), 0755U);
  EXPECT_EQ(mode_of(path("a/b/layout")), 0755U);
  EXPECT_EQ(mode_of(path("a/b/layout/index.json")), 0644U);
  EXPECT_EQ(mode_of(path("a/b/layout/oci-layout")), 0644U);
}

TEST_F(LayoutTest, init_touches_nothing_that_exists) {
  stdfs::create_directory(path("directory"));
  test::write_file(path("file"), "content");
  stdfs::create_symlink("nosuch", path("dangling"));
  const auto before = everything();
  for (const std::string name : {"directory", "file", "dangling", "file/below"}) {
    EXPECT_THAT(run_badly({"init", "--layout", path(name)}), HasSubstr(name));
    EXPECT_EQ(everything(), before);
  }
  EXPECT_THAT(run_badly({"init", "--layout", path("file")}), HasSubstr("exists"));
}

TEST_F(LayoutTest, new_makes_an_image_for_this_machine) {
  make_layout({"a"});
  EXPECT_THAT(
      config_text("a"),
      ContainsRegex(R"(^\{"created":"2021-03-04T05:06:07.089\+05:30","architecture":"[a-z0-9]+",)"
                    R"("os":"linux",("variant":"v[0-9]",)?"config":\{\},)"
                    R"("rootfs":\{"type":"layers","diff_ids":\[\]\}\})"
                    "\n$"));
  EXPECT_THAT(
      manifest_text("a"),
      ContainsRegex(R"(^\{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest)"
                    R"(.v1\+json","config":\{.*\},"layers":\[\]\})"
                    "\n$"));
  EXPECT_EQ(entry("a").to_json().dump(),
            R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
                entry("a").digest.text() + R"(","size":)" + std::to_string(entry("a").size_bytes) +
                R"(,"annotations":{"org.opencontainers.image.ref.name":"a"}})");
  environment["SOURCE_DATE_EPOCH"] = "1577836800";
  run_well({"new", "--image", image("b")});
  EXPECT_EQ(config_member("created", "b"), "\"2020-01-01T00:00:00Z\"");
  const std::string first = entry("b").digest.text();
  now = "2000-01-01T00:00:00Z";
  run_well({"new", "--image", image("b")});
  EXPECT_EQ(entry("b").digest.text(), first);
}

TEST_F(LayoutTest, new_takes_over_the_tag) {
  make_layout({"a", "b"});
  run_well({"config", "--image", image("a"), "--author", "me"});
  const auto changed = entry("a").digest;
  run_well({"new", "--image", image("a")});
  EXPECT_NE(entry("a").digest, changed);
  run_well({"new", "--image", path("layout")});
  EXPECT_EQ(list(), "a\nb\nlatest\n");
}

TEST_F(LayoutTest, list_prints_names_and_nothing_else) {
  make_layout({});
  EXPECT_EQ(list(), "");
  auto layout = open();
  const auto described = test::ExampleImage{}.put(layout);
  for (const std::string name : {"x:y", "docker.io/library/alpine:latest", "b"}) {
    test::tag(layout, name, described);
  }
  layout.update_index([&](oci::Index& index) {
    index.manifests.push_back(described);           // has no name
    index.manifests.push_back(index.manifests[0]);  // repeats one
  });
  EXPECT_EQ(list(), "x:y\ndocker.io/library/alpine:latest\nb\nx:y\n");
  EXPECT_EQ(run_well({"list", "--layout=" + path("layout")}), list());
}

TEST_F(LayoutTest, tag_adds_a_name_at_the_end) {
  make_layout({"a", "b"});
  const std::size_t blobs = blob_count();
  run_well({"tag", "--image", image("a"), "c"});
  EXPECT_EQ(list(), "a\nb\nc\n");
  EXPECT_EQ(entry("c").digest, entry("a").digest);
  EXPECT_EQ(blob_count(), blobs);
  run_well({"tag", "--image", image("a"), "--", "d"});
  EXPECT_EQ(list(), "a\nb\nc\nd\n");
}

TEST_F(LayoutTest, tag_takes_no_invalid_name) {
  make_layout({"a"});
  const auto before = everything();
  for (const std::string name : {"-", ".a", "a b", "a//b", "ä", "a\n"}) {
    EXPECT_THAT(run_badly({"tag", "--image", image("a"), name}), HasSubstr("invalid reference"));
  }
  EXPECT_THAT(run_badly({"tag", "--image", image("a"), "--", "--weird"}),
              HasSubstr("invalid reference"));
  EXPECT_EQ(everything(), before);
}

TEST_F(LayoutTest, tag_of_a_manifest_leaves_out_an_index_with_one_image) {
  make_layout({});
  auto layout = open();
  auto inner = test::ExampleImage{}.put(layout);
  inner.platform = oci::Platform{.architecture = "arm", .os = "linux"};
  inner.annotations["kept"] = "yes";
  test::tag(layout, "outer", test::put_index(layout, {inner}));
  run_well({"tag", "--target=manifest", "--image", image("outer"), "inner"});
  EXPECT_EQ(entry("inner").digest, inner.digest);
  EXPECT_EQ(entry("inner").platform, inner.platform);
  EXPECT_EQ(entry("inner").annotations.at("kept"), "yes");
}

TEST_F(LayoutTest, remove_takes_names_only) {
  make_layout({"a", "b"});
  const std::size_t blobs = blob_count();
  run_well({"rm", "--image", image("a")});
  EXPECT_EQ(list(), "b\n");
  EXPECT_EQ(blob_count(), blobs);
  // That there is no such name is no error.
  run_well({"remove", "--image", image("a")});
  EXPECT_EQ(list(), "b\n");
}

TEST_F(LayoutTest, remove_takes_broken_and_ambiguous_names_too) {
  make_layout({"a"});
  auto layout = open();
  layout.update_index([&](oci::Index& index) {
    auto lost = index.manifests.front();
    lost.digest = digest::Digest("sha256:" + std::string(64, '0'));
    index.manifests.push_back(lost);
  });
  EXPECT_EQ(list(), "a\na\n");
  run_well({"rm", "--image", image("a")});
  EXPECT_EQ(list(), "");
}

TEST_F(LayoutTest, gc_removes_what_nothing_leads_to) {
  make_layout({"a", "b"});
  run_well({"config", "--image", image("b"), "--author", "me"});
  test::write_file(path("layout/blobs/sha256/" + std::string(64, '0')), "garbage");
  test::write_file(path("layout/foreign"), "stays");
  stdfs::create_directory(path("layout/.umoci-dead"));
  test::write_file(path("layout/.umoci-dead/blob"), "x");
  const auto a = manifest_text("a");
  const auto b = config_text("b");
  EXPECT_EQ(run_well({"gc", "--layout", path("layout")}), "");
  EXPECT_EQ(blob_count(), 4U);
  EXPECT_EQ(manifest_text("a"), a);
  EXPECT_EQ(config_text("b"), b);
  EXPECT_TRUE(stdfs::exists(path("layout/foreign")));
  EXPECT_FALSE(stdfs::exists(path("layout/.umoci-dead")));
  run_well({"rm", "--image", image("a")});
  run_well({"rm", "--image", image("b")});
  run_well({"gc", "--layout", path("layout")});
  EXPECT_EQ(blob_count(), 0U);
}

TEST_F(LayoutTest, gc_removes_nothing_when_it_cannot_see_all) {
  make_layout({"a"});
  test::write_file(path("layout/blobs/sha256/" + std::string(64, '0')), "garbage");
  stdfs::remove(path("layout/blobs/sha256/" + entry("a").digest.text().substr(7)));
  const auto before = everything();
  run_badly({"gc", "--layout", path("layout")});
  EXPECT_EQ(everything(), before);
}

TEST_F(LayoutTest, nothing_is_left_behind) {
  make_layout({"a"});
  run_well({"config", "--image", image("a"), "--tag", "b"});
  run_well({"tag", "--image", image("a"), "c"});
  for (const auto& [name, content] : everything()) {
    EXPECT_THAT(name, ::testing::Not(HasSubstr(".umoci-")));
  }
}

}  // namespace
}  // namespace umoci::cli
