// SPDX-License-Identifier: Apache-2.0

// Ways to say which image is meant that umoci does not have.

#include <umoci_test/command_line.hpp>

#include <umoci/oci/platform_name.hpp>
#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>

#include <algorithm>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class ReferenceTest : public CommandLineTest {
 protected:
  /// The digest of the manifest that a line of `stat --json` tells.
  std::string target(const std::vector<std::string>& words) {
    std::vector<std::string> line{"stat", "--json"};
    line.insert(line.end(), words.begin(), words.end());
    const auto report = oci::Json::parse(run_well(line));
    const auto* digest = find_member(report, "manifest.descriptor.digest");
    return digest == nullptr ? "" : *digest->if_string();
  }
  std::string target(const std::string& image) { return target({"--image", image}); }

  /// A layout elsewhere, with one image "latest" of its own. Returns the digest.
  std::string make_layout_at(const std::string& name, const std::string& tag = "latest") {
    run_well({"init", "--image", path("new")});
    std::filesystem::rename(path("new"), path(name));
    run_well({"new", "--layout", path(name), "--ref", tag});
    run_well({"config", "--layout", path(name), "--ref", tag, "--author", name, "--no-history"});
    return target({"--layout", path(name), "--ref", tag});
  }

  /// Makes `tag` of "layout" mean an index of images for these platforms.
  void put_index(const std::string& tag, const std::vector<std::string>& platforms) {
    auto layout = open();
    std::vector<oci::Descriptor> images;
    for (const auto& platform : platforms) {
      images.push_back(test::ExampleImage{.layer = platform}.put(layout));
      images.back().platform = oci::parse_platform(platform);
    }
    test::tag(layout, tag, test::put_index(layout, images));
  }
};

TEST_F(ReferenceTest, layout_and_ref_take_any_path) {
  const std::string name = "a:b@sha256:c d";
  const std::string digest = make_layout_at(name, "t");
  EXPECT_EQ(target({"--layout", path(name), "--ref", "t"}), digest);
  EXPECT_EQ(target({"--layout", path(name), "--ref", "@" + digest}), digest);
  EXPECT_THAT(run_badly({"stat", "--layout", path(name)}), HasSubstr("tag not found: \"latest\""));
  EXPECT_EQ(run_well({"ls", "--layout", path(name)}), "t\n");
  run_well({"gc", "--layout", path(name)});
  run_well({"unpack", "--rootless", "--layout", path(name), "--ref", "t", path("bundle")});
  run_well({"repack", "--layout", path(name), "--ref", "u", path("bundle")});
  EXPECT_EQ(run_well({"ls", "--layout", path(name)}), "t\nu\n");
}

TEST_F(ReferenceTest, layout_commands_take_images) {
  run_well({"init", "--image", path("layout:ignored")});
  run_well({"new", "--image", image("a")});
  run_well({"new", "--image", image("b")});
  EXPECT_EQ(run_well({"list", "--image", path("layout")}), "a\nb\n");
  EXPECT_EQ(run_well({"list", "--image", image("b")}), "b\n");
  EXPECT_EQ(run_well({"list", "--image", image("c")}), "");
  run_well({"gc", "--image", image("c")});
}

TEST_F(ReferenceTest, one_way_at_a_time) {
  make_layout({"latest"});
  for (const std::string command : {"stat", "gc"}) {
    EXPECT_THAT(run_badly({command, "--image", image(), "--layout", path("layout")}),
                HasSubstr("--image and --layout may not be specified together"));
  }
  EXPECT_THAT(run_badly({"stat", "--image", image(), "--ref", "latest"}),
              HasSubstr("--ref needs --layout"));
  EXPECT_THAT(run_badly({"stat", "--ref", "latest"}), HasSubstr("--ref needs --layout"));
  EXPECT_THAT(run_badly({"stat", "--layout", "", "--ref", "x"}),
              HasSubstr("invalid --layout: path is empty"));
  for (const std::string ref : {"@", "@sha256:", "@sha256:ABC", "@md5"}) {
    EXPECT_THAT(run_badly({"stat", "--layout", path("layout"), "--ref", ref}),
                HasSubstr("invalid --ref: "));
  }
}

// D-13
TEST_F(ReferenceTest, names_of_other_programs_are_looked_up_and_removed) {
  make_layout({"latest"});
  const std::string layout = path("layout");
  for (const std::string name : {"a b", "-", "", "a//b", "\xc3\xa4"}) {
    const std::vector<std::string> odd{"--layout", layout, "--ref", name};
    const auto with = [&](std::vector<std::string> words, const std::vector<std::string>& more) {
      words.insert(words.end(), odd.begin(), odd.end());
      words.insert(words.end(), more.begin(), more.end());
      return words;
    };
    auto opened = store::Layout::open(layout);
    const auto manifest = store::find_ref(opened.read_index(), "latest").at(0);
    test::tag(opened, name, manifest);
    EXPECT_EQ(target(odd), manifest.digest.text());
    run_well(with({"tag"}, {"proper"}));
    EXPECT_EQ(target({"--layout", layout, "--ref", "proper"}), manifest.digest.text());
    run_well(with({"config"}, {"--tag", "changed"}));
    for (const auto& refused : {with({"config"}, {}), with({"new"}, {})}) {
      EXPECT_THAT(run_badly(refused), HasSubstr("invalid --ref: tag contains invalid characters"));
    }
    run_well(with({"remove"}, {"--must-exist"}));
    EXPECT_THAT(run_badly(with({"stat"}, {})), HasSubstr("tag not found"));
  }
}

TEST_F(ReferenceTest, a_path_may_have_colons_if_a_layout_is_there) {
  const std::string outer = make_layout_at("a");
  const std::string middle = make_layout_at("x:b", "t:u");
  const std::string whole = make_layout_at("x:e:c:d");
  EXPECT_EQ(target(path("x:b:t:u")), middle);
  EXPECT_EQ(target(path("x:e:c:d")), whole) << "no tag";
  EXPECT_EQ(target(path("x:e:c:d:latest")), whole);
  EXPECT_EQ(target(path("a")), outer);
  // The first colon counts wherever it leads to a layout, as it always did.
  const std::string inner = make_layout_at("a:latest");
  EXPECT_NE(inner, outer);
  EXPECT_EQ(target(path("a:latest")), outer);
  EXPECT_THAT(run_badly({"stat", "--image", path("none:b:c")}), HasSubstr(path("none")));
}

TEST_F(ReferenceTest, a_digest_behind_an_at_sign_is_read) {
  make_layout({"latest"});
  const std::string digest = entry("latest").digest.text();
  run_well({"config", "--image", image(), "--author", "me"});
  EXPECT_NE(target(image()), digest);
  const std::string old = path("layout") + "@" + digest;
  EXPECT_EQ(target(old), digest) << "no tag has it any more";
  run_well({"unpack", "--rootless", "--image", old, path("bundle")});
  run_well({"tag", "--image", old, "old"});
  EXPECT_EQ(target(image("old")), digest);
  EXPECT_EQ(entry("old").media_type, oci::media_type::manifest);
  EXPECT_THAT(run_badly({"stat", "--image", path("layout") + "@sha256:" + std::string(64, '0')}),
              HasSubstr("no image has the digest"));
}

TEST_F(ReferenceTest, writing_to_a_digest_needs_a_tag) {
  make_layout({"latest"});
  const std::string digest = entry("latest").digest.text();
  const std::string by_digest = path("layout") + "@" + digest;
  const auto before = everything();
  EXPECT_THAT(run_badly({"config", "--image", by_digest}), HasSubstr("give one with --tag"));
  EXPECT_THAT(run_badly({"new", "--image", by_digest}), HasSubstr("a tag is needed here"));
  EXPECT_THAT(run_badly({"rm", "--image", by_digest}), HasSubstr("a tag is needed here"));
  EXPECT_EQ(everything(), before);
  run_well({"config", "--image", by_digest, "--author", "me", "--tag", "mine"});
  EXPECT_EQ(config_member("author", "mine"), "\"me\"");
  EXPECT_EQ(entry("latest").digest.text(), digest);
}

TEST_F(ReferenceTest, a_platform_is_chosen) {
  make_layout({"latest"});
  put_index("t", {"linux/mips", "plan9/arm/v6", "plan9/arm/v7"});
  EXPECT_THAT(run_badly({"stat", "--image", image("t")}),
              HasSubstr("tag is ambiguous: \"t\" (linux/mips, plan9/arm/v6, plan9/arm/v7)"));
  const std::string v6 = target({"--image", image("t"), "--platform", "plan9/arm/v6"});
  const std::string v7 = target({"--image", image("t"), "--platform", "plan9/arm"});
  EXPECT_NE(v6, v7);
  EXPECT_THAT(run_badly({"stat", "--image", image("t"), "--platform", "linux/s390x"}),
              HasSubstr("no image for platform \"linux/s390x\" in tag \"t\" (linux/mips, "));
  for (const std::string bad : {"", "linux", "linux/", "a/b/c/d", "Linux/amd64", "a b/c"}) {
    EXPECT_THAT(run_badly({"stat", "--image", image("t"), "--platform", bad}),
                HasSubstr("invalid --platform: "));
  }
}

TEST_F(ReferenceTest, this_machine_is_the_platform_if_none_is_asked_for) {
  make_layout({"latest"});
  const std::string here = oci::platform_name(oci::host_platform());
  put_index("t", {"plan9/mips", here});
  EXPECT_EQ(target({"--image", image("t")}), target({"--image", image("t"), "--platform", here}));
}

TEST_F(ReferenceTest, an_image_for_several_platforms_is_that_of_this_machine_too) {
  make_layout({"latest"});
  auto layout = open();
  auto any = test::ExampleImage().put(layout);
  auto other = test::ExampleImage{.layer = "other"}.put(layout);
  any.platform = oci::parse_platform("plan9/ppc");
  other.platform = oci::parse_platform("plan9/mips");
  auto mine = any;
  mine.platform = oci::host_platform();
  test::tag(layout, "t", test::put_index(layout, {any, other, mine}));
  EXPECT_EQ(target(image("t")), any.digest.text());
}

TEST_F(ReferenceTest, two_images_that_become_one_platform_are_told) {
  make_layout({"latest"});
  auto layout = open();
  auto v6 = test::ExampleImage{.architecture = "arm", .variant = "v6"}.put(layout);
  auto v7 =
      test::ExampleImage{.layer = "other", .architecture = "arm", .variant = "v7"}.put(layout);
  v6.platform = oci::parse_platform("linux/arm/v6");
  // The usual variant needs no name.
  v7.platform = oci::parse_platform("linux/arm");
  test::tag(layout, "t", test::put_index(layout, {v6, v7}));
  const std::vector<std::string> line{"config", "--image", image("t"), "--platform",
                                      "linux/arm/v6"};
  const auto with = [&](const std::string& variant) {
    auto words = line;
    words.insert(words.end(), {"--tag=new", "--platform.variant=" + variant});
    return words;
  };
  run_well(with("v5"));
  const Outcome outcome = run(with("v7"));
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("the index has two images for one platform now"),
                                 HasSubstr("platform=linux/arm"), HasSubstr(v7.digest.text())));
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1);
  // Another version of the system makes another platform.
  v7.platform->os_version = "1";
  test::tag(layout, "t", test::put_index(layout, {v6, v7}));
  run_well(with("v7"));
}

TEST_F(ReferenceTest, one_image_of_several_is_changed) {
  make_layout({"latest"});
  put_index("t", {"linux/mips", "plan9/arm/v6"});
  const std::string mips = target({"--image", image("t"), "--platform", "linux/mips"});
  const std::string arm = target({"--image", image("t"), "--platform", "plan9/arm"});
  run_well({"config", "--image", image("t"), "--platform", "plan9/arm", "--author", "me"});
  EXPECT_EQ(entry("t").kind(), oci::DocumentKind::index);
  EXPECT_EQ(target({"--image", image("t"), "--platform", "linux/mips"}), mips);
  EXPECT_NE(target({"--image", image("t"), "--platform", "plan9/arm"}), arm);
  EXPECT_THAT(run_well({"stat", "--image", image("t"), "--platform", "plan9/arm"}),
              HasSubstr("Author: me"));
}

TEST_F(ReferenceTest, one_image_of_several_is_removed) {
  make_layout({"latest"});
  put_index("t", {"linux/mips", "plan9/arm/v6"});
  const std::string arm = target({"--image", image("t"), "--platform", "plan9/arm"});
  EXPECT_THAT(
      run_badly({"remove", "--must-exist", "--image", image("t"), "--platform", "linux/arm"}),
      HasSubstr("image for platform \"linux/arm\" in tag \"t\" not found"));
  run_well({"remove", "--image", image("t"), "--platform", "linux/arm"});
  run_well({"remove", "--must-exist", "--image", image("t"), "--platform", "linux/mips"});
  EXPECT_EQ(target(image("t")), arm);
  run_well({"remove", "--must-exist", "--image", image("t"), "--platform", "plan9/arm/v6"});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "latest\n");
}

TEST_F(ReferenceTest, a_tag_of_several_images_gets_a_further_name) {
  make_layout({"latest"});
  put_index("t", {"linux/mips", "plan9/arm/v6"});
  run_well({"tag", "--image", image("t"), "all"});
  EXPECT_EQ(entry("all").digest, entry("t").digest);
  run_well({"tag", "--image", image("t"), "--platform", "linux/mips", "one"});
  EXPECT_EQ(target(image("one")), target({"--image", image("t"), "--platform", "linux/mips"}));
}

TEST_F(ReferenceTest, a_further_name_is_a_copy_of_the_tag) {
  make_layout({"latest"});
  put_index("t", {"linux/mips"});
  run_well({"tag", "--image", image("t"), "copy"});
  EXPECT_EQ(entry("copy").digest, entry("t").digest);
  run_well({"tag", "--image", image("t"), "--target", "manifest", "alone"});
  EXPECT_EQ(entry("alone").digest.text(), target(image("t")));
  put_index("several", {"linux/mips", "plan9/arm/v6"});
  const auto before = everything();
  EXPECT_THAT(run_badly({"tag", "--image", image("several"), "--target=manifest", "x"}),
              HasSubstr("tag is ambiguous"));
  EXPECT_THAT(run_badly({"tag", "--image", image("t"), "--target=index", "x"}),
              HasSubstr("invalid --target: \"index\""));
  EXPECT_EQ(everything(), before);
}

TEST_F(ReferenceTest, a_tag_that_gets_another_meaning_keeps_its_place) {
  make_layout({"a", "b", "c"});
  run_well({"tag", "--image", image("c"), "a"});
  run_well({"config", "--image", image("b"), "--author", "me"});
  run_well({"new", "--image", image("b")});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "a\nb\nc\n");
  EXPECT_EQ(entry("a").digest, entry("c").digest);
}

TEST_F(ReferenceTest, a_new_image_for_a_platform_that_nobody_knows_is_told) {
  run_well({"init", "--layout", path("layout")});
  const Outcome outcome = run({"new", "--image", image("new"), "--platform", "linx/amd46"});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("--platform: Go has no name \"linx\", did you mean linux?"),
                    HasSubstr("--platform: Go has no name \"amd46\", did you mean amd64?")));
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 2);
  EXPECT_EQ(config_member("architecture", "new"), "\"amd46\"");
  run_well({"new", "--image", image("known"), "--platform", "windows/x86_64"});
}

TEST_F(ReferenceTest, a_malformed_digest_behind_a_layout_is_told) {
  make_layout({"latest"});
  const auto before = everything();
  for (const std::string bad : {"sha256:short", "sha256:", "sha256", "", "sha256:../../x"}) {
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"stat"}, {"config", "--tag=x", "--author=me"}, {"new"}}) {
      auto words = command;
      words.insert(words.end(), {"--image", path("layout") + "@" + bad});
      EXPECT_THAT(run_badly(words),
                  HasSubstr("invalid --image: invalid digest: \"" + bad + "\": "));
    }
  }
  EXPECT_EQ(everything(), before);
  // Where there is a layout of that name it is meant, and a new one may get any name.
  run_well({"init", "--image", path("layout@2")});
  run_well({"new", "--image", path("layout@2")});
}

TEST_F(ReferenceTest, a_new_image_is_for_a_platform) {
  run_well({"init", "--layout", path("layout")});
  run_well({"new", "--image", image("arm"), "--platform", "linux/arm/v6"});
  EXPECT_EQ(config_member("architecture", "arm"), "\"arm\"");
  EXPECT_EQ(config_member("variant", "arm"), "\"v6\"");
  EXPECT_EQ(config_member("os", "arm"), "\"linux\"");
}

}  // namespace
}  // namespace umoci::cli
