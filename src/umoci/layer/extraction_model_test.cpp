// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_model.hpp>
#include <umoci/layer/extractor.hpp>
#include <umoci/layer/whiteout.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace umoci::layer::test {
namespace {

enum class Whiteouts { first, anywhere };

rc::Gen<std::string> any_path() {
  return rc::gen::map(
      rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
                             rc::gen::element<std::string>("a", "b", "c")))),
      [](const std::vector<std::string>& parts) {
        std::string path;
        for (const std::string& part : parts) path += (path.empty() ? "" : "/") + part;
        return path;
      });
}

Item any_item(Whiteouts whiteouts) {
  const std::string path = *any_path();
  const auto mtime = *rc::gen::inRange(1, 100);
  const auto mode = *rc::gen::element(0U, 0400U, 0755U, 02775U, 07777U);
  // Where whiteouts may follow what they do not hide, links would make the order matter.
  switch (*rc::gen::inRange(0, whiteouts == Whiteouts::first ? 8 : 5)) {
    case 0:
      return file(path, *rc::gen::element<std::string>("", "x", "yy")).mode(mode).mtime(mtime);
    case 1:
      return directory(*rc::gen::element(path, std::string())).mode(mode).mtime(mtime);
    case 2:
      return item(tree::EntryType::fifo, path, mode).mtime(mtime);
    case 3:
      return whiteout(path);
    case 4:
      return whiteout(*rc::gen::element(path + "/", std::string()));
    case 5:
      return hard_link(path, *any_path());
    default:
      return symlink(path, *rc::gen::element<std::string>("a", "b", "../c", "/a/b", "..", "c/../a",
                                                          "/", "b/x/y", "."))
          .mtime(mtime);
  }
}

Layer any_layer(Whiteouts whiteouts) {
  Layer layer;
  const int count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) layer.push_back(any_item(whiteouts));
  if (whiteouts == Whiteouts::first) {
    std::stable_partition(layer.begin(), layer.end(), [](const Item& each) {
      return whiteout_of(each.entry.path).has_value();
    });
  }
  return layer;
}

void compare_with_model(Whiteouts whiteouts, fs::Lookup lookup) {
  const InMemory in_memory;
  Model model;
  Extraction extraction({}, {.lookup = lookup});
  const int count = *rc::gen::inRange(1, 5);
  std::vector<Layer> layers;
  for (int i = 0; i < count; ++i) {
    layers.push_back(any_layer(whiteouts));
    RC_LOG() << describe(layers.back());
  }
  bool possible = true;
  for (const Layer& layer : layers) possible = possible && model.apply(layer);
  bool applied = true;
  try {
    extraction.apply(layers);
  } catch (const Error& error) {
    RC_LOG() << error.what() << "\n";
    applied = false;
  }
  RC_ASSERT(applied == possible);
  RC_CLASSIFY(possible, "possible");
  if (possible) RC_ASSERT(known_part(extraction.tree()) == model.tree());
}

RC_GTEST_PROP(ExtractorModel, GivesTheSameTree, ()) {
  compare_with_model(Whiteouts::first, fs::Lookup::automatic);
}

RC_GTEST_PROP(ExtractorModel, GivesTheSameTreeWithoutOpenat2, ()) {
  compare_with_model(Whiteouts::first, fs::Lookup::component_walk);
}

RC_GTEST_PROP(ExtractorModel, GivesTheSameTreeWhereverWhiteoutsStand, ()) {
  compare_with_model(Whiteouts::anywhere, fs::Lookup::automatic);
}

RC_GTEST_PROP(ExtractorModel, LayersAppliedOneByOneGiveTheSameTree, ()) {
  const InMemory in_memory;
  const std::vector<Layer> layers{any_layer(Whiteouts::anywhere), any_layer(Whiteouts::anywhere),
                                  any_layer(Whiteouts::anywhere)};
  Extraction together;
  together.apply(layers);
  Extraction apart;
  for (const Layer& layer : layers) apart.apply({layer});
  RC_ASSERT(together.tree() == apart.tree());
}

TEST(ExtractorModel, PermutedEntriesGiveTheSameTree) {
  const InMemory in_memory;
  // None of these entries is in the way of another, so that only whiteouts make the order matter.
  const Layer lower{directory("d").mode(0700).mtime(5), directory("d/e").mtime(6), file("d/e/f"),
                    file("d/g"), directory("h").mtime(7)};
  Layer upper{file("d/e/new"), whiteout("d/e"), directory("d").mtime(9),
              whiteout("d/"),  file("h/i/j"),   whiteout("h")};
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
  std::optional<Tree> expected;
  do {
    Layer permuted;
    for (const std::size_t index : order) permuted.push_back(upper[index]);
    Extraction extraction;
    extraction.apply({lower, permuted});
    if (!expected) expected = extraction.tree();
    ASSERT_EQ(extraction.tree(), *expected) << describe(permuted);
  } while (std::next_permutation(order.begin(), order.end()));
  Model model;
  ASSERT_TRUE(model.apply(lower));
  ASSERT_TRUE(model.apply(upper));
  EXPECT_EQ(known_part(*expected), model.tree());
}

}  // namespace
}  // namespace umoci::layer::test
