// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/edit.hpp>

#include <umoci/store/collect_garbage.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

namespace umoci::image {
namespace {

using test::ExampleImage;
using test::put_document;
using test::put_index;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view docker_list =
    "application/vnd.docker.distribution.manifest.list.v2+json";

class EditTest : public testing::Test {
 protected:
  EditTest() : layout_(create()) {}

  Image open(std::string_view name) { return Image::open(layout_, resolve(layout_, name)); }
  void tag(std::string_view name, const oci::Descriptor& target) {
    test::tag(layout_, name, target);
  }
  std::string text(const oci::Descriptor& descriptor) {
    return layout_.blobs().read_document(descriptor);
  }
  /// The entries of index.json under that name; there must be one.
  oci::Descriptor entry(std::string_view name) {
    const auto entries = store::find_ref(layout_.read_index(), name);
    EXPECT_EQ(entries.size(), 1U);
    return entries.at(0);
  }
  oci::Index index_of(const oci::Descriptor& descriptor) {
    return oci::Index::parse(text(descriptor));
  }
  std::set<std::string> blobs() const {
    std::set<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(layout_.path() / "blobs/sha256")) {
      names.insert(file.path().filename());
    }
    return names;
  }
  /// Gives the image under `name` an author.
  DescriptorPath change(std::string_view name, std::string_view author = "me") {
    Edit edit(open(name));
    edit.config().set_author(author);
    return edit.commit(layout_, name);
  }
  NewLayer layer(std::string_view content) {
    return write_layer(layout_, codec::Compression::gzip,
                       [&](io::Sink& sink) { sink.write(io::as_bytes(content)); });
  }

  test::TemporaryDirectory directory_;
  test::RecordingLog log_;
  store::Layout layout_;

 private:
  store::Layout create() {
    const store::LayoutOptions options{.durability = fs::Durability::unsynced, .log = &log_};
    store::Layout::create(directory_ / "layout", options);
    return store::Layout::open(directory_ / "layout", options);
  }
};

TEST_F(EditTest, ChangesConfigurationManifestAndTag) {
  tag("t", ExampleImage().put(layout_));
  Edit edit(open("t"));
  edit.config().set_author("me");
  edit.annotations()["k"] = "v";
  oci::History line;
  line.created_by = "edit";
  edit.append_history(line);
  const DescriptorPath path = edit.commit(layout_, "t");

  const Image image = open("t");
  EXPECT_EQ(path.walk, image.path.walk);
  EXPECT_EQ(image.config.author(), "me");
  EXPECT_EQ(image.manifest.annotations.at("k"), "v");
  ASSERT_EQ(image.config.history().size(), 2U);
  EXPECT_TRUE(image.config.history().at(1).empty_layer);
  EXPECT_EQ(image.manifest.layers.size(), 1U);
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditTest, AnotherNameLeavesTheFirstAlone) {
  const auto original = ExampleImage().put(layout_);
  tag("t", original);
  tag("end", original);
  Edit edit(open("t"));
  edit.config().set_author("me");
  edit.commit(layout_, "u");
  EXPECT_EQ(entry("t").digest, original.digest);
  EXPECT_THAT(store::ref_names(layout_.read_index()), ElementsAre("t", "end", "u"));
  EXPECT_EQ(open("u").config.author(), "me");
}

TEST_F(EditTest, ANewLayerComesWithItsDiffIdAndHistory) {
  tag("t", ExampleImage().put(layout_));
  Edit edit(open("t"));
  const NewLayer added = layer("tar");
  oci::History line;
  line.created_by = "edit";
  line.empty_layer = true;
  edit.append_layer(added, line);
  edit.commit(layout_, "t");
  const Image image = open("t");
  EXPECT_EQ(image.manifest.layers.back(), added.descriptor);
  EXPECT_EQ(image.config.diff_ids().back(), digest::digest_of("tar"));
  EXPECT_FALSE(image.config.history().back().empty_layer);
  EXPECT_NO_THROW(check_layers(image, {}));
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditTest, ALayerWithoutHistoryIsTold) {
  tag("t", ExampleImage().put(layout_));
  Edit edit(open("t"));
  edit.append_layer(layer("tar"), std::nullopt);
  edit.commit(layout_, "t");
  EXPECT_EQ(open("t").config.history().size(), 1U);
  EXPECT_THAT(log_.others(), Contains(HasSubstr("history does not match the layers")));
}

TEST_F(EditTest, WithoutAChangeNothingIsWritten) {
  // White space and order that nobody here would write.
  const auto config = put_document(layout_, oci::media_type::image_config,
                                   R"({ "os": "linux", "architecture": "amd64", "x": null })");
  const auto manifest = put_document(
      layout_, oci::media_type::manifest,
      "{\"layers\": [], \"config\": " + config.to_json().dump() + ",\n\"schemaVersion\": 2}");
  const auto index =
      put_document(layout_, oci::media_type::index,
                   "{\"manifests\": [" + manifest.to_json().dump() + "], \"schemaVersion\": 2}");
  tag("t", index);
  const auto before = blobs();
  const std::string top = test::read_file(layout_.path() / "index.json");
  Edit edit(open("t"));
  const DescriptorPath path = edit.commit(layout_, "t");
  EXPECT_EQ(path.target().digest, manifest.digest);
  EXPECT_EQ(blobs(), before);
  EXPECT_EQ(test::read_file(layout_.path() / "index.json"), top);
  edit.commit(layout_, "u");
  EXPECT_EQ(entry("u").digest, index.digest);
  EXPECT_EQ(blobs(), before);
}

TEST_F(EditTest, AManifestWithoutTypeGetsOneOnlyOnRequest) {
  oci::Manifest manifest;
  manifest.config =
      put_document(layout_, oci::media_type::image_config, ExampleImage().config().dump());
  tag("t", put_document(layout_, oci::media_type::manifest, manifest.dump()));
  change("t");
  EXPECT_EQ(open("t").manifest.media_type, "");
  Edit edit(open("t"));
  edit.declare_media_type();
  edit.commit(layout_, "t");
  EXPECT_EQ(open("t").manifest.media_type, oci::media_type::manifest);
}

TEST_F(EditTest, ASecondCommitGoesOnFromTheFirst) {
  tag("t", put_index(layout_, {ExampleImage().put(layout_)}));
  Edit edit(open("t"));
  edit.config().set_author("one");
  edit.commit(layout_, "t");
  edit.config().set_user("two");
  edit.commit(layout_, "t");
  EXPECT_EQ(open("t").config.author(), "one");
  EXPECT_EQ(open("t").config.user(), "two");
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditTest, ASecondCommitCanTakeTheFirstBack) {
  const auto original = ExampleImage().put(layout_);
  tag("t", original);
  Edit edit(open("t"));
  edit.annotations()["k"] = "v";
  edit.commit(layout_, "t");
  edit.annotations().clear();
  edit.commit(layout_, "t");
  EXPECT_EQ(entry("t").digest, original.digest);
}

TEST_F(EditTest, EveryIndexOnTheWayIsRewritten) {
  const auto original = ExampleImage().put(layout_);
  oci::Index inner;
  inner.manifests = {original};
  inner.annotations["inner"] = "yes";
  inner.extra.emplace_back("vendor", oci::Json(std::int64_t{1}));
  auto inner_descriptor = put_document(layout_, oci::media_type::index, inner.dump());
  inner_descriptor.annotations["k"] = "v";
  const auto sibling = put_index(layout_, {});
  auto root = put_index(layout_, {sibling, inner_descriptor});
  root.annotations["root"] = "yes";
  tag("t", root);

  const DescriptorPath path = change("t");
  ASSERT_EQ(path.walk.size(), 3U);
  EXPECT_EQ(entry("t"), path.root());
  EXPECT_EQ(path.root().annotations.at("root"), "yes");
  const oci::Index outer = index_of(path.root());
  ASSERT_EQ(outer.manifests.size(), 2U);
  EXPECT_EQ(outer.manifests.at(0), sibling);
  EXPECT_EQ(outer.manifests.at(1), path.walk.at(1));
  EXPECT_EQ(outer.manifests.at(1).annotations.at("k"), "v");
  const oci::Index rewritten = index_of(outer.manifests.at(1));
  EXPECT_EQ(rewritten.annotations.at("inner"), "yes");
  EXPECT_EQ(rewritten.extra, inner.extra);
  EXPECT_EQ(open("t").config.author(), "me");
}

TEST_F(EditTest, TheOldDigestIsReplacedWhereverItStands) {
  const auto original = ExampleImage().put(layout_);
  const auto other = ExampleImage{.layer = "other"}.put(layout_);
  auto again = original;
  again.annotations["again"] = "yes";
  oci::Index aside;
  aside.manifests = {original};
  aside.subject = original;
  oci::Index root;
  root.manifests = {original, put_document(layout_, oci::media_type::index, aside.dump()), again};
  root.subject = original;
  tag("t", put_document(layout_, oci::media_type::index, root.dump()));
  // What only is about the image keeps being about the old one.
  oci::Index referrer;
  referrer.manifests = {other};
  referrer.subject = original;
  const auto unrelated = put_document(layout_, oci::media_type::index, referrer.dump());
  tag("u", unrelated);

  const auto target = change("t").target();
  const oci::Index result = index_of(entry("t"));
  EXPECT_EQ(result.manifests.at(0).digest, target.digest);
  EXPECT_EQ(result.manifests.at(2).digest, target.digest);
  EXPECT_EQ(result.manifests.at(2).annotations.at("again"), "yes");
  EXPECT_EQ(result.subject->digest, target.digest);
  const oci::Index changed_aside = index_of(result.manifests.at(1));
  EXPECT_EQ(changed_aside.manifests.at(0).digest, target.digest);
  EXPECT_EQ(changed_aside.subject->digest, target.digest);
  EXPECT_EQ(resolve(layout_, "t").target().digest, target.digest);
  EXPECT_EQ(entry("u").digest, unrelated.digest);
}

TEST_F(EditTest, IndexesBesideTheWayMayBeMissing) {
  oci::Descriptor missing = put_index(layout_, {});
  const auto original = ExampleImage().put(layout_);
  tag("t", put_index(layout_, {original, missing}));
  Edit edit(open("t"));
  std::filesystem::remove(layout_.path() / "blobs/sha256" / std::string(missing.digest.encoded()));
  edit.config().set_author("me");
  edit.commit(layout_, "t");
  EXPECT_EQ(index_of(entry("t")).manifests.at(1).digest, missing.digest);
}

TEST_F(EditTest, APathThatLeadsNowhereIsRefused) {
  tag("t", put_index(layout_, {ExampleImage().put(layout_)}));
  Image image = open("t");
  const auto stray = put_index(layout_, {});
  image.path.walk.front().digest = stray.digest;
  image.path.walk.front().size_bytes = stray.size_bytes;
  Edit edit(image);
  edit.config().set_author("me");
  const std::string before = test::read_file(layout_.path() / "index.json");
  EXPECT_ERROR(invalid_data, "does not lead to", edit.commit(layout_, "u"));
  EXPECT_EQ(test::read_file(layout_.path() / "index.json"), before);
}

TEST_F(EditTest, DescriptorDocumentsAreRewritten) {
  const auto original = ExampleImage().put(layout_);
  tag("t", put_document(layout_, oci::media_type::descriptor, original.to_json().dump()));
  change("t");
  EXPECT_EQ(open("t").config.author(), "me");
  EXPECT_EQ(resolve(layout_, "t").walk.size(), 2U);
}

// D-11: 2^50 ways lead to the image.
TEST_F(EditTest, SharedTreesTakeNoTime) {
  oci::Descriptor tree = ExampleImage().put(layout_);
  for (int level = 0; level < 50; ++level) tree = put_index(layout_, {tree, tree});
  tag("t", tree);
  const auto before = blobs().size();
  change("t");
  EXPECT_EQ(blobs().size(), before + 52);
  EXPECT_EQ(open("t").config.author(), "me");
}

// D-17
TEST_F(EditTest, EmbeddedDataIsNeverStale) {
  oci::Descriptor image = ExampleImage().put(layout_);
  image.data = text(image);
  oci::Descriptor root = put_index(layout_, {image});
  root.data = text(root);
  tag("t", root);
  change("t");
  oci::Descriptor now = entry("t");
  ASSERT_TRUE(now.data);
  EXPECT_EQ(digest::digest_of(*now.data), now.digest);
  const oci::Index index = index_of(now);
  ASSERT_TRUE(index.manifests.at(0).data);
  EXPECT_EQ(digest::digest_of(*index.manifests.at(0).data), index.manifests.at(0).digest);

  // Too much of it is dropped: here more than a kilobyte and more than before.
  Edit edit(open("t"));
  edit.annotations()["k"] = std::string(2000, 'x');
  edit.commit(layout_, "t");
  now = entry("t");
  EXPECT_FALSE(index_of(now).manifests.at(0).data);
  // The index became smaller by that and still fits.
  EXPECT_EQ(digest::digest_of(now.data.value()), now.digest);
  EXPECT_EQ(open("t").manifest.annotations.at("k").size(), 2000U);
  // And not added where there was none.
  change("t", "you");
  EXPECT_FALSE(index_of(entry("t")).manifests.at(0).data);
}

TEST_F(EditTest, TheRootAloneMayEmbedTheImage) {
  oci::Descriptor image = ExampleImage().put(layout_);
  image.data = text(image);
  tag("t", image);
  change("t");
  EXPECT_EQ(open("t").config.author(), "me");
  EXPECT_EQ(digest::digest_of(*entry("t").data), entry("t").digest);
}

// D-18
TEST_F(EditTest, TheConfigurationsDescriptorKeepsItsMembers) {
  oci::Manifest manifest;
  manifest.config =
      put_document(layout_, oci::media_type::image_config, ExampleImage().config().dump());
  manifest.layers.push_back(put_document(layout_, oci::media_type::layer, "layer"));
  manifest.config.annotations["k"] = "v";
  manifest.config.artifact_type = "application/x";
  manifest.config.urls = {"http://example.com/config"};
  manifest.config.data = ExampleImage().config().dump();
  manifest.config.extra.emplace_back("vendor", oci::Json(true));
  tag("t", put_document(layout_, oci::media_type::manifest, manifest.dump()));
  change("t");
  const oci::Descriptor config = open("t").manifest.config;
  EXPECT_EQ(config.annotations.at("k"), "v");
  EXPECT_EQ(config.artifact_type, "application/x");
  EXPECT_THAT(config.urls, IsEmpty());
  EXPECT_EQ(config.extra, manifest.config.extra);
  ASSERT_TRUE(config.data);
  EXPECT_EQ(digest::digest_of(*config.data), config.digest);
  // If only the manifest changes nothing of it does.
  Edit edit(open("t"));
  edit.annotations()["k"] = "v";
  edit.commit(layout_, "t");
  EXPECT_EQ(open("t").manifest.config, config);
}

// D-27
TEST_F(EditTest, PlatformsFollowTheConfiguration) {
  const auto with_platform = [](oci::Descriptor descriptor, const char* architecture,
                                const char* variant) {
    descriptor.platform = oci::Platform();
    descriptor.platform->os = "linux";
    descriptor.platform->architecture = architecture;
    descriptor.platform->variant = variant;
    descriptor.platform->os_version = "6";
    return descriptor;
  };
  const auto original = ExampleImage{.architecture = "arm64"}.put(layout_);
  // The first two describe the image, a variant that it does not tell included; the third does not.
  const auto index = put_index(
      layout_, {with_platform(original, "arm64", ""), with_platform(original, "arm64", "v8"),
                with_platform(original, "s390x", "")});
  tag("t", with_platform(index, "arm64", ""));
  const auto platforms = [&] {
    std::vector<std::string> texts;
    const auto root = entry("t");
    texts.push_back(root.platform->architecture + "/" + root.platform->variant);
    for (const auto& child : index_of(root).manifests) {
      EXPECT_EQ(child.platform->os_version, "6");
      texts.push_back(child.platform->architecture + "/" + child.platform->variant);
    }
    return texts;
  };
  change("t");
  EXPECT_THAT(platforms(), ElementsAre("arm64/", "arm64/", "arm64/v8", "s390x/"));
  {
    Edit edit(open("t"));
    edit.config().set_architecture("arm");
    edit.config().set_variant("v7");
    edit.commit(layout_, "t");
  }
  EXPECT_THAT(platforms(), ElementsAre("arm/v7", "arm/v7", "arm/v7", "s390x/"));
  {
    Edit edit(open("t"));
    edit.config().set_variant("v6");
    edit.config().set_os("freebsd");
    edit.commit(layout_, "t");
  }
  EXPECT_THAT(platforms(), ElementsAre("arm/v6", "arm/v6", "arm/v6", "s390x/"));
  EXPECT_EQ(entry("t").platform->os, "freebsd");
}

TEST_F(EditTest, ADescriptorWithoutPlatformGetsNone) {
  tag("t", ExampleImage().put(layout_));
  Edit edit(open("t"));
  edit.config().set_architecture("arm64");
  edit.commit(layout_, "t");
  EXPECT_FALSE(entry("t").platform);
}

TEST_F(EditTest, DockersDocumentsStayDockers) {
  oci::Manifest manifest;
  manifest.media_type = docker_manifest;
  manifest.config = put_document(layout_, "application/vnd.docker.container.image.v1+json",
                                 ExampleImage().config().dump());
  manifest.layers.push_back(
      put_document(layout_, "application/vnd.docker.image.rootfs.diff.tar.gzip", "layer"));
  oci::Index list;
  list.media_type = docker_list;
  list.manifests = {put_document(layout_, docker_manifest, manifest.dump())};
  tag("t", put_document(layout_, docker_list, list.dump()));
  Edit edit(open("t"));
  edit.declare_media_type();
  edit.append_layer(layer("tar"), oci::History());
  edit.commit(layout_, "t");

  const Image image = open("t");
  EXPECT_EQ(image.manifest.media_type, docker_manifest);
  EXPECT_EQ(image.manifest.config.media_type, manifest.config.media_type);
  EXPECT_EQ(image.manifest.layers.back().media_type,
            "application/vnd.docker.image.rootfs.diff.tar.gzip");
  EXPECT_EQ(image.path.target().media_type, docker_manifest);
  EXPECT_EQ(image.path.root().media_type, docker_list);
  EXPECT_EQ(index_of(image.path.root()).media_type, docker_list);
}

TEST_F(EditTest, DocumentsAreNamedLikeThoseTheyReplace) {
  const auto sha512 = digest::Algorithm::sha512;
  oci::Manifest manifest;
  manifest.config =
      put_document(layout_, oci::media_type::image_config, ExampleImage().config().dump(), sha512);
  const auto target = put_document(layout_, oci::media_type::manifest, manifest.dump(), sha512);
  tag("t", put_index(layout_, {target}));
  const DescriptorPath path = change("t");
  EXPECT_EQ(path.root().digest.algorithm_name(), "sha256");
  EXPECT_EQ(path.target().digest.algorithm_name(), "sha512");
  EXPECT_EQ(open("t").manifest.config.digest.algorithm_name(), "sha512");
}

// 2.15: what umoci loses.
TEST_F(EditTest, WhatIsNotUnderstoodSurvives) {
  const std::string config =
      R"({"id":"x","architecture":"arm","os":"linux","variant":"v7","container":null,"config":{)"
      R"("Healthcheck":{"Test":["CMD","x"],"Interval":30000000000},"Cmd":null,"OnBuild":[],)"
      R"("ExposedPorts":{"80/tcp":{"a":1}}},"rootfs":{"type":"layers","diff_ids":null,"y":1},)"
      R"("history":[{"created_by":"c","z":1.0}]})";
  oci::Manifest manifest;
  manifest.config = put_document(layout_, oci::media_type::image_config, config);
  manifest.extra.emplace_back("vendor", oci::Json(oci::Json::Number{"1e3"}));
  tag("t", put_document(layout_, oci::media_type::manifest, manifest.dump()));
  change("t");
  const Image image = open("t");
  EXPECT_EQ(image.manifest.extra, manifest.extra);
  EXPECT_EQ(image.config.variant(), "v7");  // D-20
  EXPECT_FALSE(image.config.created());     // D-21
  const oci::Json& json = image.config.json();
  const oci::Json original = oci::Json::parse(config);
  for (const char* member : {"id", "container", "history"}) {
    ASSERT_NE(json.find(member), nullptr) << member;
    EXPECT_EQ(json.find(member)->dump(), original.find(member)->dump());
  }
  for (const char* member : {"Healthcheck", "Cmd", "OnBuild", "ExposedPorts"}) {
    ASSERT_NE(json.find("config")->find(member), nullptr) << member;
    EXPECT_EQ(*json.find("config")->find(member), *original.find("config")->find(member));
  }
  EXPECT_NE(json.find("rootfs")->find("y"), nullptr);
}

TEST_F(EditTest, ATagThatMovedMeanwhileIsReplacedWithAWarning) {
  tag("t", ExampleImage().put(layout_));
  Edit edit(open("t"));
  edit.config().set_author("me");
  change("t", "somebody else");
  edit.commit(layout_, "t");
  EXPECT_EQ(open("t").config.author(), "me");
  EXPECT_THAT(log_.warnings(), Contains(HasSubstr("tag was changed by somebody else")));
}

// D-42
TEST_F(EditTest, SeveralEntriesOfOneNameBecomeOneWithAWarning) {
  tag("t", ExampleImage().put(layout_));
  layout_.update_index([](oci::Index& index) { index.manifests.push_back(index.manifests.at(0)); });
  change("t");
  EXPECT_EQ(entry("t").digest, open("t").path.target().digest);
  EXPECT_THAT(log_.warnings(),
              ElementsAre(HasSubstr("several entries of the index have the same tag tag=t"),
                          HasSubstr("are replaced by one")));
}

// D-10
TEST_F(EditTest, ListsThatWereNullAreWrittenAsEmptyOnes) {
  const auto config = put_document(
      layout_, oci::media_type::image_config,
      R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":null}})");
  tag("t", put_document(
               layout_, oci::media_type::manifest,
               R"({"schemaVersion":2,"config":)" + config.to_json().dump() + R"(,"layers":null})"));
  change("t");
  EXPECT_THAT(text(entry("t")), HasSubstr("\"layers\":[]"));
  EXPECT_THAT(text(open("t").manifest.config), HasSubstr("\"diff_ids\":[]"));
}

TEST_F(EditTest, ATagThatIsReplacedOnPurposeDrawsNoWarning) {
  tag("t", ExampleImage().put(layout_));
  tag("u", ExampleImage{.layer = "other"}.put(layout_));
  Edit edit(open("t"));
  edit.config().set_author("me");
  edit.commit(layout_, "u");
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditTest, NothingNeededIsCollected) {
  tag("t", put_index(layout_, {ExampleImage().put(layout_)}));
  change("t");
  const auto report = store::collect_garbage(layout_, log_);
  EXPECT_EQ(report.removed.size(), 3U);
  EXPECT_EQ(report.kept_blobs, 4U);
  const Image image = open("t");
  for (const auto& stored : image.manifest.layers) EXPECT_TRUE(layout_.blobs().find(stored.digest));
}

TEST_F(EditTest, OtherProgramsReadTheResult) {
  if (!test::has_program("umoci") || !test::has_program("skopeo")) {
    GTEST_SKIP() << "umoci or skopeo is not installed";
  }
  const std::string path = layout_.path();
  ASSERT_EQ(test::run_program({"umoci", "new", "--image", path + ":t"}).status, 0);
  {
    Edit edit(open("t"));
    oci::History line;
    line.created_by = "edit";
    line.created = "2020-01-01T00:00:00Z";
    edit.append_layer(layer(std::string(1024, '\0')), line);
    edit.config().set_author("me <me@example.com>");
    edit.commit(layout_, "t");
  }
  const auto stat = test::run_program({"umoci", "stat", "--json", "--image", path + ":t"});
  EXPECT_EQ(stat.status, 0) << stat.err;
  EXPECT_THAT(stat.out, HasSubstr("\"created_by\":\"edit\""));
  const auto inspected = test::run_program({"skopeo", "inspect", "--config", "oci:" + path + ":t"});
  EXPECT_EQ(inspected.status, 0) << inspected.err;
  EXPECT_THAT(inspected.out, HasSubstr("me@example.com"));
  // umoci goes on from here, and we from there.
  const auto config = test::run_program(
      {"umoci", "config", "--image", path + ":t", "--author", "umoci", "--no-history"});
  EXPECT_EQ(config.status, 0) << config.err;
  EXPECT_EQ(open("t").config.author(), "umoci");
  EXPECT_EQ(open("t").manifest.layers.size(), 1U);
}

// cli.md, appendix B.1: digests known from the Go program.
TEST_F(EditTest, WritesTheBytesOfTheGoProgram) {
  const auto config = put_document(
      layout_, oci::media_type::image_config,
      R"({"created":"2023-11-14T22:13:20Z","architecture":"amd64","os":"linux","config":{},)"
      R"("rootfs":{"type":"layers","diff_ids":[]}})"
      "\n");
  ASSERT_EQ(config.digest.text(),
            "sha256:31874c9f48cb301a5abda778269041bbd98c692a987f80b52670c605eecfb55d");
  oci::Manifest manifest;
  manifest.media_type = oci::media_type::manifest;
  manifest.config = config;
  tag("t", put_document(layout_, oci::media_type::manifest, manifest.dump()));
  EXPECT_EQ(entry("t").digest.text(),
            "sha256:2212c76866e6efd523a244d9f298a8c051c4c0925af9b1eb1b660091b1c6ce7d");
  Edit edit(open("t"));
  edit.config().set_created("2020-01-01T00:00:00Z");
  edit.config().set_author("A <a&b>");
  edit.declare_media_type();
  const DescriptorPath path = edit.commit(layout_, "t");
  EXPECT_EQ(open("t").manifest.config.digest.text(),
            "sha256:226813ed3ae9511c8c0a1eb1a7b06a920700d4d40e57e9114ca276a8a7072cfd");
  EXPECT_EQ(path.target().digest.text(),
            "sha256:a6f0a518a4691431fbff57215474a23dedaa35375fd13ba24af8183d9878bd1c");
}

}  // namespace
}  // namespace umoci::image
