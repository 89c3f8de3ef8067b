// SPDX-License-Identifier: Apache-2.0

// umoci repack --on-moved: the tag that the bundle came from means something else now.

#include <umoci/oci/platform_name.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/insert_command.hpp>

#include <gmock/gmock.h>

#include <algorithm>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

class RepackMovedTest : public InsertTest {
 protected:
  void SetUp() override {
    make_layout({"latest", "other"});
    insert_as_somebody("base");
    unpack();
    test::write_file(path("bundle/rootfs/mine"), "x");
    start_ = entry("latest").digest.text();
  }

  void unpack(const Words& more = {}) {
    Words words{"unpack", "--rootless", "--image", image(), path("bundle")};
    words.insert(words.end() - 1, more.begin(), more.end());
    run_well(words);
  }
  /// Somebody puts a file of this name into the image.
  void insert_as_somebody(const std::string& name, const Words& more = {}) {
    test::write_file(path(name), "theirs");
    Words words{"insert", "--rootless", "--image", image(), path(name), "/" + name};
    words.insert(words.begin() + 1, more.begin(), more.end());
    run_well(words);
  }
  Words line(const Words& more) const {
    Words words{"repack", "--image", image(), path("bundle")};
    words.insert(words.begin() + 1, more.begin(), more.end());
    return words;
  }
  std::string conflict(const Words& more) {
    const auto before = everything();
    const Outcome outcome = run(line(more));
    EXPECT_EQ(outcome.status, 4) << line_of(more) << "\n" << outcome;
    EXPECT_EQ(everything(), before) << line_of(more);
    const auto lines = fatal_lines(outcome.err);
    EXPECT_EQ(lines.size(), 1U) << outcome;
    return lines.empty() ? std::string() : lines.front();
  }
  std::string bundle_files() const {
    std::string text;
    for (const auto& [name, content] : everything()) {
      if (name.starts_with("bundle/")) text += name + "\n" + content + "\n";
    }
    return text;
  }
  /// The names of all files that the image has.
  std::vector<std::string> files(const Words& more = {}) {
    stdfs::remove_all(path("check"));
    Words words{"raw", "unpack", "--rootless", "--image", image(), path("check")};
    words.insert(words.end() - 1, more.begin(), more.end());
    EXPECT_EQ(run(words).status, 0);
    std::vector<std::string> names;
    for (const auto& item : stdfs::directory_iterator(path("check"))) {
      names.push_back(item.path().filename());
    }
    std::ranges::sort(names);
    stdfs::remove_all(path("check"));
    return names;
  }
  /// Makes "latest" an index of these tags, for these platforms.
  void index_of(const std::vector<std::pair<std::string, std::string>>& images) {
    store::Layout layout = open();
    std::vector<oci::Descriptor> entries;
    for (const auto& [tag, platform] : images) {
      entries.push_back(entry(tag));
      entries.back().annotations.clear();
      entries.back().platform = oci::parse_platform(platform);
    }
    test::tag(layout, "latest", test::put_index(layout, entries));
  }

  std::string start_;
};

TEST_F(RepackMovedTest, replaces_what_is_there_with_a_warning) {
  for (const Words& more : {Words{}, Words{"--on-moved=warn"}}) {
    insert_as_somebody("theirs");
    const std::string found = entry("latest").digest.text();
    const Outcome outcome = run(line(more));
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("tag was changed by somebody else and is replaced"),
                                   HasSubstr(start_), HasSubstr(found)));
    EXPECT_THAT(files(), ElementsAre("base", "mine"));
  }
}

TEST_F(RepackMovedTest, error_changes_nothing) {
  insert_as_somebody("theirs");
  const std::string found = entry("latest").digest.text();
  for (const Words& more :
       {Words{"--on-moved=error"}, {"--on-moved", "error", "--refresh-bundle"}}) {
    EXPECT_EQ(conflict(more), "tag was changed by somebody else: in place of " + start_ +
                                  ", \"latest\" has " + found);
  }
  run_well({"remove", "--image", image()});
  EXPECT_THAT(conflict({"--on-moved=error"}), HasSubstr("tag was removed by somebody else"));
}

TEST_F(RepackMovedTest, is_nothing_to_speak_of_where_nothing_moved) {
  run_well(line({"--on-moved=error", "--refresh-bundle"}));
  EXPECT_THAT(files(), ElementsAre("base", "mine"));
  // The bundle is one of the new image now.
  run_well(line({"--on-moved=error"}));
  stdfs::remove_all(path("bundle"));
  unpack();
  run_well(line({"--on-moved=rebase"}));
}

TEST_F(RepackMovedTest, rebase_puts_the_layer_on_what_is_there) {
  const std::string bundle = bundle_files();
  insert_as_somebody("theirs");
  run_well({"config", "--image", image(), "--author", "somebody"});
  run_well(line({"--on-moved=rebase"}));
  EXPECT_THAT(files(), ElementsAre("base", "mine", "theirs"));
  EXPECT_EQ(config_member("author"), "\"somebody\"");
  EXPECT_THAT(history(), AllOf(HasSubstr("umoci insert"), HasSubstr("umoci repack")));
  EXPECT_EQ(bundle_files(), bundle);
  // The bundle is still one of the image that was unpacked, and can be packed again.
  test::write_file(path("bundle/rootfs/more"), "x");
  run_well(line({"--on-moved=rebase"}));
  EXPECT_THAT(files(), ElementsAre("base", "mine", "more", "theirs"));
}

TEST_F(RepackMovedTest, rebase_needs_the_layers_that_were_unpacked) {
  run_well({"tag", "--image", image("other"), "latest"});
  EXPECT_EQ(conflict({"--on-moved=rebase"}),
            "nothing that \"latest\" means now can take changes of " + start_ + ": the layers of " +
                entry("latest").digest.text() + " do not begin with the same ones");
  run_well({"remove", "--image", image()});
  EXPECT_THAT(conflict({"--on-moved=rebase"}), HasSubstr("tag was removed by somebody else"));
}

TEST_F(RepackMovedTest, rebase_refreshes_no_bundle_that_lacks_layers) {
  insert_as_somebody("theirs");
  EXPECT_THAT(conflict({"--on-moved=rebase", "--refresh-bundle"}), HasSubstr("has more layers"));
}

TEST_F(RepackMovedTest, rebase_refreshes_a_bundle_if_others_changed_no_layers) {
  run_well({"config", "--image", image(), "--author", "somebody"});
  run_well(line({"--on-moved=rebase", "--refresh-bundle"}));
  EXPECT_EQ(config_member("author"), "\"somebody\"");
  const std::string digest = entry("latest").digest.text();
  EXPECT_THAT(bundle_files(), HasSubstr(digest));
  // Nothing more to pack, and nothing that moved.
  const std::string diff_ids = config_member("rootfs.diff_ids");
  run_well(line({"--on-moved=error"}));
  EXPECT_EQ(config_member("rootfs.diff_ids"), diff_ids);
}

TEST_F(RepackMovedTest, is_about_the_tag_of_the_bundle_alone) {
  insert_as_somebody("theirs");
  const auto before = everything();
  for (const std::string policy : {"error", "rebase"}) {
    EXPECT_EQ(run_badly(line({"--tag=new", "--on-moved", policy})),
              "the bundle came from tag \"latest\": there is no telling whether tag \"new\" has "
              "moved");
  }
  EXPECT_EQ(everything(), before);
  run_well(line({"--tag=new"}));
  run_well(line({"--tag=new", "--on-moved=warn"}));
  stdfs::remove_all(path("bundle"));
  run_well(
      {"unpack", "--rootless", "--layout", path("layout"), "--ref", "@" + start_, path("bundle")});
  EXPECT_THAT(run_badly(line({"--on-moved=error"})), HasSubstr("the bundle came from no tag"));
}

TEST_F(RepackMovedTest, other_images_of_the_tag_do_not_matter) {
  run_well({"tag", "--image", image(), "mine"});
  index_of({{"mine", "linux/mips"}, {"other", "linux/ppc"}});
  for (const std::string policy : {"error", "rebase"}) {
    stdfs::remove_all(path("bundle"));
    unpack({"--platform=linux/mips"});
    test::write_file(path("bundle/rootfs/" + policy), "x");
    insert_as_somebody("beside-" + policy, {"--platform=linux/ppc"});
    run_well(line({"--on-moved", policy}));
  }
  EXPECT_THAT(files({"--platform=linux/mips"}), ElementsAre("base", "error", "rebase"));
  EXPECT_THAT(files({"--platform=linux/ppc"}), ElementsAre("beside-error", "beside-rebase"));
}

TEST_F(RepackMovedTest, an_image_of_several_is_rebased_onto_where_it_is) {
  run_well({"tag", "--image", image(), "mine"});
  index_of({{"mine", "linux/mips"}, {"other", "linux/ppc"}});
  stdfs::remove_all(path("bundle"));
  unpack({"--platform=linux/mips"});
  test::write_file(path("bundle/rootfs/new"), "x");
  insert_as_somebody("theirs", {"--platform=linux/mips"});
  insert_as_somebody("beside", {"--platform=linux/ppc"});
  EXPECT_THAT(conflict({"--on-moved=error"}),
              AllOf(HasSubstr("image was changed by somebody else"), HasSubstr(start_)));
  run_well(line({"--on-moved=rebase"}));
  EXPECT_THAT(files({"--platform=linux/mips"}), ElementsAre("base", "new", "theirs"));
  EXPECT_THAT(files({"--platform=linux/ppc"}), ElementsAre("beside"));
}

TEST_F(RepackMovedTest, an_image_that_was_removed_is_told) {
  run_well({"tag", "--image", image(), "mine"});
  index_of({{"mine", "linux/mips"}, {"other", "linux/ppc"}});
  stdfs::remove_all(path("bundle"));
  unpack({"--platform=linux/mips"});
  insert_as_somebody("beside", {"--platform=linux/ppc"});
  run_well({"remove", "--image", image(), "--platform=linux/mips"});
  EXPECT_THAT(conflict({"--on-moved=error"}),
              HasSubstr("image was removed from the tag by somebody else"));
  EXPECT_THAT(conflict({"--on-moved=rebase"}),
              HasSubstr("image was removed from the tag by somebody else"));
  const Outcome outcome = run(line({}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("comes back with the images that were beside it"));
}

TEST_F(RepackMovedTest, an_image_that_is_gone_altogether_cannot_be_rebased) {
  insert_as_somebody("theirs");
  run_well({"gc", "--layout", path("layout")});
  const auto before = everything();
  EXPECT_THAT(run_badly(line({"--on-moved=rebase"})),
              AllOf(HasSubstr("source image of the bundle"), HasSubstr(start_)));
  EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace umoci::cli
