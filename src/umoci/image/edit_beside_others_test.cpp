// SPDX-License-Identifier: Apache-2.0

// Edits of one image of an index while others change the images beside it.

#include <umoci/image/edit.hpp>
#include <umoci/image/remove_platform.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/store/collect_garbage.hpp>
#include <umoci/store/ref_name.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace umoci::image {
namespace {

using test::ExampleImage;
using test::put_index;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class EditBesideOthersTest : public testing::Test {
 protected:
  EditBesideOthersTest() : layout_(create()) {
    test::tag(layout_, "t",
              put_index(layout_, {image("a", "linux/mips"), image("b", "linux/s390x")}));
  }

  oci::Descriptor image(const std::string& content, const char* platform) {
    oci::Descriptor descriptor = ExampleImage{.layer = content}.put(layout_);
    descriptor.platform = oci::parse_platform(platform);
    return descriptor;
  }
  store::Layout reopen() {
    return store::Layout::open(directory_ / "layout",
                               {.durability = fs::Durability::unsynced, .log = &log_});
  }
  static Edit edit(store::Layout& layout, const char* platform, const std::string& author) {
    Edit edit(Image::open(
        layout, resolve(layout, {.ref_name = "t", .platform = oci::parse_platform(platform)})));
    edit.config().set_author(author);
    return edit;
  }
  std::string author(const char* platform) {
    return Image::open(layout_, resolve(layout_, {.ref_name = "t",
                                                  .platform = oci::parse_platform(platform)}))
        .config.author();
  }

  test::TemporaryDirectory directory_;
  test::RecordingLog log_;
  store::Layout layout_;

 private:
  store::Layout create() {
    store::Layout::create(directory_ / "layout", {.durability = fs::Durability::unsynced});
    return reopen();
  }
};

TEST_F(EditBesideOthersTest, KeepWhatTheyChanged) {
  Edit first = edit(layout_, "linux/mips", "one");
  Edit second = edit(layout_, "linux/s390x", "two");
  first.commit(layout_, "t");
  second.commit(layout_, "t");
  EXPECT_EQ(author("linux/mips"), "one");
  EXPECT_EQ(author("linux/s390x"), "two");
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(EditBesideOthersTest, ReplaceTheSameImageAloneWithAWarning) {
  Edit late = edit(layout_, "linux/mips", "late");
  edit(layout_, "linux/mips", "early").commit(layout_, "t");
  edit(layout_, "linux/s390x", "beside").commit(layout_, "t");
  late.commit(layout_, "t");
  EXPECT_EQ(author("linux/mips"), "late");
  EXPECT_EQ(author("linux/s390x"), "beside");
  EXPECT_THAT(log_.warnings(), Contains(HasSubstr("image was changed by somebody else")));
}

TEST_F(EditBesideOthersTest, DoNotNeedTheIndexTheyStartedFrom) {
  Edit late = edit(layout_, "linux/mips", "late");
  edit(layout_, "linux/s390x", "beside").commit(layout_, "t");
  store::Layout collector = reopen();
  store::collect_garbage(collector, log_);
  late.commit(layout_, "t");
  EXPECT_EQ(author("linux/mips"), "late");
  EXPECT_EQ(author("linux/s390x"), "beside");
}

TEST_F(EditBesideOthersTest, LeaveRemovedImagesRemoved) {
  Edit late = edit(layout_, "linux/mips", "late");
  remove_platform(layout_, "t", oci::parse_platform("linux/s390x"));
  late.commit(layout_, "t");
  const auto targets = find_targets(layout_, {.ref_name = "t"});
  ASSERT_EQ(targets.size(), 1U);
  EXPECT_EQ(author("linux/mips"), "late");
}

TEST_F(EditBesideOthersTest, OtherNamesGetWhatTheEditStartedFrom) {
  Edit late = edit(layout_, "linux/mips", "late");
  edit(layout_, "linux/s390x", "beside").commit(layout_, "t");
  late.commit(layout_, "other");
  EXPECT_EQ(author("linux/s390x"), "beside");
  EXPECT_EQ(author("linux/mips"), "");
}

TEST_F(EditBesideOthersTest, NothingIsLostInARace) {
  constexpr int rounds = 20;
  const auto change = [&](const char* platform) {
    store::Layout layout = reopen();
    for (int i = 1; i <= rounds; ++i) edit(layout, platform, std::to_string(i)).commit(layout, "t");
  };
  std::thread other([&] { change("linux/s390x"); });
  change("linux/mips");
  other.join();
  EXPECT_EQ(author("linux/mips"), std::to_string(rounds));
  EXPECT_EQ(author("linux/s390x"), std::to_string(rounds));
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

}  // namespace
}  // namespace umoci::image
