// SPDX-License-Identifier: Apache-2.0

// Edits of an image whose name means something else when they are committed.

#include <umoci/image/edit.hpp>
#include <umoci/image/remove_platform.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/store/ref_name.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace umoci::image {
namespace {

using test::ExampleImage;
using test::put_index;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class EditMovedTest : public testing::Test {
 protected:
  EditMovedTest() : layout_(create()) {}

  oci::Descriptor image(const std::string& content, const char* platform) {
    oci::Descriptor descriptor = ExampleImage{.layer = content}.put(layout_);
    descriptor.platform = oci::parse_platform(platform);
    return descriptor;
  }
  /// The same image with one layer more.
  oci::Descriptor grown(const oci::Descriptor& descriptor, const std::string& content) {
    Image image = Image::open(layout_, {.walk = {descriptor}});
    image.manifest.layers.push_back(test::put_document(layout_, oci::media_type::layer, content));
    image.config.append_diff_id(digest::digest_of(content));
    image.manifest.config =
        test::put_document(layout_, oci::media_type::image_config, image.config.dump());
    oci::Descriptor result =
        test::put_document(layout_, oci::media_type::manifest, image.manifest.dump());
    result.platform = descriptor.platform;
    return result;
  }
  Edit edit(const char* platform = nullptr) {
    Reference reference{.ref_name = "t"};
    if (platform != nullptr) reference.platform = oci::parse_platform(platform);
    return Edit(Image::open(layout_, resolve(layout_, reference)));
  }
  [[nodiscard]] Image open(const DescriptorPath& path) const { return Image::open(layout_, path); }
  [[nodiscard]] std::vector<DescriptorPath> targets() const {
    return find_targets(layout_, {.ref_name = "t"});
  }
  [[nodiscard]] std::string index() const { return layout_.read_index().dump(); }

  /// What a commit says that must fail and change nothing.
  std::string conflict(Edit& edit, const CommitOptions& options) {
    const std::string before = index();
    const auto early = test::outcome_of([&] { edit.require_unmoved(layout_, "t", options); });
    const auto late = test::outcome_of([&] { edit.commit(layout_, "t", options); });
    EXPECT_TRUE(late.is(ErrorKind::conflict)) << late;
    EXPECT_EQ(early.text, late.text);
    EXPECT_EQ(index(), before);
    return late.text;
  }

  test::TemporaryDirectory directory_;
  test::RecordingLog log_;
  store::Layout layout_;
  const CommitOptions fail_{.on_moved = OnMoved::fail};
  const CommitOptions rebase_{.on_moved = OnMoved::rebase,
                              .changes = [](Edit& edit) { edit.config().set_author("me"); }};

 private:
  store::Layout create() {
    store::Layout::create(directory_ / "layout", {.durability = fs::Durability::unsynced});
    return store::Layout::open(directory_ / "layout",
                               {.durability = fs::Durability::unsynced, .log = &log_});
  }
};

TEST_F(EditMovedTest, AreNoConflictWhereOthersChangedWhatIsBeside) {
  const auto mips = image("a", "linux/mips");
  const auto ppc = image("b", "linux/ppc");
  test::tag(layout_, "t", put_index(layout_, {mips, ppc}));
  for (const CommitOptions& options : {fail_, rebase_}) {
    test::tag(layout_, "t", put_index(layout_, {mips, ppc}));
    Edit late = edit("linux/mips");
    late.config().set_author("me");
    const auto beside = grown(ppc, "c");
    test::tag(layout_, "t", put_index(layout_, {beside, mips}));
    late.require_unmoved(layout_, "t", options);
    late.commit(layout_, "t", options);
    ASSERT_EQ(targets().size(), 2U);
    EXPECT_EQ(targets()[0].target(), beside);
    EXPECT_EQ(open(targets()[1]).config.author(), "me");
  }
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditMovedTest, AreRefusedWithBothDigests) {
  const auto first = image("a", "linux/mips");
  const auto second = image("b", "linux/mips");
  const auto beside = image("c", "linux/ppc");
  const auto both = put_index(layout_, {first, beside});
  const std::string name = first.digest.text();

  test::tag(layout_, "t", first);
  Edit alone = edit();
  test::tag(layout_, "t", second);
  EXPECT_EQ(conflict(alone, fail_), "tag was changed by somebody else: in place of " + name +
                                        ", \"t\" has " + second.digest.text());
  layout_.update_index([](oci::Index& index) { store::remove_ref(index, "t"); });
  EXPECT_EQ(conflict(alone, fail_),
            "tag was removed by somebody else: in place of " + name + ", \"t\" has nothing");

  test::tag(layout_, "t", both);
  Edit in_index = edit("linux/mips");
  test::tag(layout_, "t", put_index(layout_, {second, beside}));
  EXPECT_EQ(conflict(in_index, fail_), "image was changed by somebody else: in place of " + name +
                                           ", \"t\" has " + second.digest.text());
  const auto rest = put_index(layout_, {beside});
  test::tag(layout_, "t", rest);
  EXPECT_EQ(conflict(in_index, fail_),
            "image was removed from the tag by somebody else: in place of " + both.digest.text() +
                ", \"t\" has " + rest.digest.text());
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditMovedTest, BringRemovedImagesBackWithAWarning) {
  const auto both = put_index(layout_, {image("a", "linux/mips"), image("b", "linux/ppc")});
  test::tag(layout_, "t", both);
  Edit late = edit("linux/mips");
  late.config().set_author("me");
  remove_platform(layout_, "t", oci::parse_platform("linux/mips"));
  const std::string found = store::find_ref(layout_.read_index(), "t").at(0).digest.text();
  late.commit(layout_, "t");
  EXPECT_EQ(targets().size(), 2U);
  EXPECT_THAT(log_.warnings(),
              ElementsAre("image was removed from the tag by somebody else and comes back with the "
                          "images that were beside it tag=t expected=" +
                          both.digest.text() + " found=" + found));
}

TEST_F(EditMovedTest, BringRemovedTagsBackWithAWarning) {
  test::tag(layout_, "t", image("a", "linux/mips"));
  Edit late = edit();
  late.config().set_author("me");
  layout_.update_index([](oci::Index& index) { store::remove_ref(index, "t"); });
  late.commit(layout_, "t");
  EXPECT_EQ(targets().size(), 1U);
  EXPECT_THAT(log_.warnings(), ElementsAre(AllOf(HasSubstr("tag was removed by somebody else"),
                                                 HasSubstr("found=nothing"))));
}

TEST_F(EditMovedTest, SayNothingIfOthersMadeTheSame) {
  const auto start = put_index(layout_, {image("a", "linux/mips"), image("b", "linux/ppc")});
  test::tag(layout_, "t", start);
  Edit first = edit("linux/mips");
  Edit second = edit("linux/mips");
  first.config().set_author("me");
  second.config().set_author("me");
  first.commit(layout_, "t");
  const std::string once = index();
  second.commit(layout_, "t");
  EXPECT_EQ(index(), once);
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditMovedTest, WithoutAnyChangePutTheirImageBack) {
  const auto mips = image("a", "linux/mips");
  const auto ppc = image("b", "linux/ppc");
  test::tag(layout_, "t", put_index(layout_, {mips, ppc}));
  Edit late = edit("linux/mips");
  const auto beside = grown(ppc, "c");
  test::tag(layout_, "t", put_index(layout_, {grown(mips, "d"), beside}));
  const auto path = late.commit(layout_, "t");
  EXPECT_EQ(path.target(), mips);
  ASSERT_EQ(targets().size(), 2U);
  EXPECT_EQ(targets()[0].target(), mips);
  EXPECT_EQ(targets()[1].target(), beside);
  EXPECT_THAT(log_.warnings(), ElementsAre(HasSubstr("image was changed by somebody else")));
}

TEST_F(EditMovedTest, AreRebasedOntoTheImageThatIsThere) {
  const auto first = image("a", "linux/mips");
  const auto second = grown(first, "more");
  test::tag(layout_, "t", first);
  Edit alone = edit();
  alone.config().set_author("me");
  test::tag(layout_, "t", second);
  alone.require_unmoved(layout_, "t", rebase_);
  const auto path = alone.commit(layout_, "t", rebase_);
  ASSERT_EQ(targets().size(), 1U);
  EXPECT_EQ(targets()[0].target(), path.target());
  EXPECT_EQ(open(path).manifest.layers, Image::open(layout_, {.walk = {second}}).manifest.layers);
  EXPECT_EQ(open(path).config.author(), "me");
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditMovedTest, AreRebasedInsideTheIndexThatIsThere) {
  const auto mips = image("a", "linux/mips");
  const auto ppc = image("b", "linux/ppc");
  const auto other_mips = grown(mips, "more");
  // Where it was alone it becomes one of the index.
  for (const oci::Descriptor& start : {put_index(layout_, {mips, ppc}), image("a", "linux/mips")}) {
    test::tag(layout_, "t", start);
    Edit late = start.platform ? edit() : edit("linux/mips");
    test::tag(layout_, "t", put_index(layout_, {ppc, start.platform ? mips : other_mips}));
    late.commit(layout_, "t", rebase_);
    ASSERT_EQ(targets().size(), 2U);
    EXPECT_EQ(targets()[0].target(), ppc);
    EXPECT_EQ(open(targets()[1]).config.author(), "me");
    EXPECT_EQ(open(targets()[1]).manifest.layers.size(), start.platform ? 1U : 2U);
  }
}

TEST_F(EditMovedTest, AreNotRebasedOntoAnythingElse) {
  const auto mips = image("a", "linux/mips");
  const auto ppc = image("b", "linux/ppc");
  const auto start = put_index(layout_, {mips, ppc});
  const auto same_for_ppc = image("a", "linux/ppc");
  using Case = std::pair<oci::Descriptor, std::string>;
  for (const auto& [moved, why] : {
           Case{put_index(layout_, {image("z", "linux/mips"), ppc}), "do not begin with the same"},
           Case{put_index(layout_, {ppc}), "image was removed from the tag"},
           // The same bytes, but for another platform.
           Case{put_index(layout_, {same_for_ppc}), "image was removed from the tag"},
           Case{put_index(layout_, {grown(mips, "x"), grown(mips, "y")}), "tag was changed"},
       }) {
    test::tag(layout_, "t", start);
    Edit late = edit("linux/mips");
    test::tag(layout_, "t", moved);
    EXPECT_THAT(
        conflict(late, rebase_),
        AllOf(HasSubstr("nothing that \"t\" means now can take changes of " + mips.digest.text()),
              HasSubstr(why)));
  }
}

TEST_F(EditMovedTest, AreRebasedOntoTheSameLayersAloneIfThatIsAsked) {
  CommitOptions same_layers = rebase_;
  same_layers.layers_above = LayersAbove::refused;
  const auto first = image("a", "linux/mips");
  test::tag(layout_, "t", first);
  Edit late = edit();
  test::tag(layout_, "t", grown(first, "more"));
  EXPECT_THAT(conflict(late, same_layers), HasSubstr("has more layers: 2 instead of 1"));
  test::tag(layout_, "t", first);
  Edit early = edit();
  early.annotations()["a"] = "b";
  early.commit(layout_, "t");
  late.commit(layout_, "t", same_layers);
  EXPECT_EQ(open(targets().at(0)).config.author(), "me");
  EXPECT_EQ(open(targets().at(0)).manifest.annotations.count("a"), 1U);
}

TEST_F(EditMovedTest, AreNotRebasedOntoAnImageWhoseDiffIdsDoNotFit) {
  const auto first = image("a", "linux/mips");
  test::tag(layout_, "t", first);
  Edit late = edit();
  Image odd = Image::open(layout_, {.walk = {first}});
  odd.manifest.layers.push_back(odd.manifest.layers.front());
  test::tag(layout_, "t",
            test::put_document(layout_, oci::media_type::manifest, odd.manifest.dump()));
  EXPECT_THAT(conflict(late, rebase_),
              AllOf(HasSubstr("nothing that \"t\" means now"), HasSubstr("manifest has 2 layers")));
}

TEST_F(EditMovedTest, AreNotRebasedOntoWhatIsNoImageOrDamaged) {
  const auto first = image("a", "linux/mips");
  test::tag(layout_, "t", first);
  Edit late = edit();
  Image odd = Image::open(layout_, {.walk = {first}});
  odd.manifest.config = test::put_document(layout_, "application/x", "{}");
  test::tag(layout_, "t",
            test::put_document(layout_, oci::media_type::manifest, odd.manifest.dump()));
  EXPECT_THAT(conflict(late, rebase_),
              AllOf(HasSubstr("nothing that \"t\" means now"), HasSubstr("application/x")));
  oci::Descriptor lost = first;
  lost.digest = digest::digest_of("lost");
  test::tag(layout_, "t", lost);
  EXPECT_THAT(conflict(late, rebase_), HasSubstr("blob not found"));
}

TEST_F(EditMovedTest, AreOfNoConcernToOtherNames) {
  test::tag(layout_, "t", image("a", "linux/mips"));
  Edit late = edit();
  late.config().set_author("me");
  test::tag(layout_, "t", image("b", "linux/mips"));
  test::tag(layout_, "other", image("c", "linux/mips"));
  late.commit(layout_, "other", fail_);
  EXPECT_THAT(log_.warnings(), IsEmpty());
  EXPECT_EQ(open(resolve(layout_, "other")).config.author(), "me");
}

}  // namespace
}  // namespace umoci::image
