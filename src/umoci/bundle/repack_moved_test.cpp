// SPDX-License-Identifier: Apache-2.0

// Repacking while somebody else gives the tag a new meaning.

#include <umoci/bundle/repacked_bundle_test.hpp>

#include <umoci/store/ref_name.hpp>
#include <umoci_test/errors.hpp>

#include <gmock/gmock.h>

#include <functional>
#include <utility>

namespace umoci::bundle::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Does something else as soon as it is told that all was compared, thus after the image was read
/// and before the result is committed.
class InterruptingLog final : public Log {
 public:
  explicit InterruptingLog(std::function<void()> interrupt) : interrupt_(std::move(interrupt)) {}

  void write(LogLevel level, std::string_view message,
             const std::vector<LogField>& fields) override {
    kept.write(level, message, fields);
    if (message == "computed filesystem diff") interrupt_();
  }

  umoci::test::RecordingLog kept;

 private:
  std::function<void()> interrupt_;
};

class RepackMovedTest : public RepackedBundle {
 protected:
  void SetUp() override {
    unpack_image();
    umoci::test::write_file(rootfs("e/new"), "x");
    // Warnings of a commit are told to the log of the layout.
    layout_ =
        store::Layout::open(path("layout"), {.durability = fs::Durability::unsynced, .log = &log_});
  }

  /// Somebody else puts a layer on the image.
  void grow() {
    auto layout = store::Layout::open(path("layout"), {.durability = fs::Durability::unsynced});
    image::Edit edit(image::Image::open(layout, image::resolve(layout, "image")));
    edit.append_layer(image::write_layer(layout, codec::Compression::none,
                                         [](io::Sink& bytes) { tar::Writer(bytes).finish(); }),
                      std::nullopt);
    edit.config().set_author("somebody");
    edit.commit(layout, "image");
  }
  void change_author() {
    auto layout = store::Layout::open(path("layout"), {.durability = fs::Durability::unsynced});
    image::Edit edit(image::Image::open(layout, image::resolve(layout, "image")));
    edit.config().set_author("somebody");
    edit.commit(layout, "image");
  }
  image::DescriptorPath repack_while(const std::function<void()>& interrupt,
                                     RepackOptions options) {
    InterruptingLog log(interrupt);
    options.compression = codec::Compression::none;
    options.history = image::HistoryRequest{.created = "2020-01-01T00:00:00Z"};
    options.log = &log;
    return repack(*layout_, "image", path("bundle"), options);
  }
  [[nodiscard]] std::string meta_text() const {
    return umoci::test::read_file(path("bundle/umoci.json"));
  }
};

TEST_F(RepackMovedTest, ATagThatMovesMeanwhileIsReplacedWithAWarning) {
  const std::size_t layers = open_image("image").manifest.layers.size();
  repack_while([&] { grow(); }, {});
  EXPECT_EQ(open_image("image").manifest.layers.size(), layers + 1);
  EXPECT_EQ(open_image("image").config.author(), "");
  EXPECT_THAT(log_.warnings(), ElementsAre(HasSubstr("tag was changed by somebody else")));
}

TEST_F(RepackMovedTest, ATagThatMovesMeanwhileIsAConflictIfThatIsAsked) {
  const std::string meta = meta_text();
  for (const RefreshBundle refresh : {RefreshBundle::no, RefreshBundle::yes}) {
    std::string after;
    EXPECT_ERROR(conflict, "tag was changed by somebody else",
                 repack_while(
                     [&] {
                       grow();
                       after = layout_->read_index().dump();
                     },
                     {.refresh = refresh, .on_moved = image::OnMoved::fail}));
    EXPECT_EQ(layout_->read_index().dump(), after);
    EXPECT_EQ(meta_text(), meta);
    // Back to what was unpacked, for the second round.
    layout_->update_index(
        [&](oci::Index& index) { store::set_ref(index, "image", read_meta().from.root()); });
  }
}

TEST_F(RepackMovedTest, ATagThatMovesMeanwhileIsRebasedOnto) {
  const std::string meta = meta_text();
  const std::size_t layers = open_image("image").manifest.layers.size();
  repack_while([&] { grow(); }, {.on_moved = image::OnMoved::rebase});
  const image::Image result = open_image("image");
  ASSERT_EQ(result.manifest.layers.size(), layers + 2);
  EXPECT_EQ(result.config.diff_ids().size(), layers + 2);
  EXPECT_THAT(names_in(result.manifest.layers.back()), ElementsAre("e", "e/new"));
  EXPECT_THAT(names_in(result.manifest.layers[layers]), IsEmpty());
  // Of the image that it was put on.
  EXPECT_EQ(result.config.author(), "somebody");
  EXPECT_EQ(result.config.history().back().author, "somebody");
  EXPECT_EQ(meta_text(), meta);
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(RepackMovedTest, AChangedConfigurationAloneLetsTheBundleBeRefreshed) {
  const auto path = repack_while([&] { change_author(); }, {.refresh = RefreshBundle::yes,
                                                            .on_moved = image::OnMoved::rebase});
  EXPECT_EQ(open_image("image").config.author(), "somebody");
  EXPECT_EQ(read_meta().from.target().digest, path.target().digest);
  EXPECT_EQ(read_meta().from.target().digest, open_image("image").path.target().digest);
  // The tree is that of the image now.
  base_layers_ = open_image("image").manifest.layers.size();
  EXPECT_THAT(repacked(), IsEmpty());
}

TEST_F(RepackMovedTest, ABundleThatLacksLayersOfTheResultIsNotRefreshed) {
  const std::string meta = meta_text();
  std::string after;
  EXPECT_ERROR(conflict, "has more layers",
               repack_while(
                   [&] {
                     grow();
                     after = layout_->read_index().dump();
                   },
                   {.refresh = RefreshBundle::yes, .on_moved = image::OnMoved::rebase}));
  EXPECT_EQ(layout_->read_index().dump(), after);
  EXPECT_EQ(meta_text(), meta);
}

TEST_F(RepackMovedTest, WithoutChangesNothingOfOthersIsLostByARebase) {
  std::filesystem::remove(rootfs("e/new"));
  set_time("e", {.tv_sec = 1'000'000'000, .tv_nsec = 0});
  repack_while([&] { grow(); }, {.on_moved = image::OnMoved::rebase});
  const image::Image result = open_image("image");
  EXPECT_EQ(result.manifest.layers.size(), 2U);
  EXPECT_EQ(result.config.author(), "somebody");
  EXPECT_TRUE(result.config.history().back().empty_layer);
}

}  // namespace
}  // namespace umoci::bundle::test
