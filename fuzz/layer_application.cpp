// SPDX-License-Identifier: Apache-2.0
// Layers of entries and whiteouts made of the input's bytes, with names and links that lead out of
// the tree: a disk must hold what the model says, and nothing outside may change.
#include <fuzz/canary.hpp>
#include <fuzz/input.hpp>
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_model.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace umoci::layer::test {
namespace {

using fuzz::Input;
using tree::EntryType;

std::string components(Input& input, const std::vector<std::string>& names) {
  std::string path;
  for (std::size_t count = 1 + input.below(4); count > 0; --count) {
    path += (path.empty() ? "" : "/") + input.pick(names);
  }
  return path;
}

std::string path_of(Input& input) {
  // Few names, so that they meet; and now and then one that should not get far.
  static const std::vector<std::string> plain{"a", "b", "c"};
  static const std::vector<std::string> any{
      "a",         "b",       "..",     ".",
      "",          "outside", "cell",   ".wh.a",
      ".wh.",      ".wh..",   ".wh...", ".wh..wh..opq",
      ".wh..wh.a", ".whx",    "\xff\n", std::string(255, 'n')};
  return components(input, input.below(8) == 0 ? any : plain);
}

std::string target_of(Input& input, const fuzz::Canary& canary) {
  static const std::vector<std::string> names{"a", "b", "c", "..", "..", "."};
  switch (input.below(10)) {
    case 0:
      return canary.outside() + "/" + input.pick(names);
    case 1:
      return std::string("../../../outside/") + input.pick(fuzz::Canary::names);
    case 2:
      return std::string(input.below(16) * 3, '.') + input.pick(names);
    case 3:
      return "/" + components(input, names);
    case 4:
      return "/";
    case 5:
      return input.coin() ? "" : "/../../" + components(input, names);
    default:
      return components(input, names);
  }
}

Item item_of(Input& input, const fuzz::Canary& canary) {
  static constexpr std::array<std::uint32_t, 6> modes{0, 0400, 0755, 0644, 02775, 07777};
  static const std::vector<std::string> contents{"", "x", "yy", "content of a file"};
  const std::size_t kind = input.below(11);
  const std::string path = path_of(input);
  const std::uint32_t mode = input.pick(modes);
  const auto mtime = static_cast<std::int64_t>(input.byte());
  switch (kind) {
    case 0:
    case 1:
      return directory(path).mode(mode).mtime(mtime);
    case 2:
      return directory("").mode(mode).mtime(mtime);
    case 3:
      return item(EntryType::fifo, path, mode).mtime(mtime);
    case 4:
    case 5:
      return symlink(path, target_of(input, canary)).mtime(mtime);
    case 6:
      return hard_link(path, input.coin() ? path_of(input) : target_of(input, canary));
    case 7:
      return whiteout(path);
    case 8:
      return whiteout(input.coin() ? path + "/" : "");
    default:
      return file(path, input.pick(contents)).mode(mode).mtime(mtime);
  }
}

bool is_link(const Item& item) {
  return item.entry.type == EntryType::symlink || item.entry.type == EntryType::hard_link;
}

bool looks_like_whiteout(const Item& item) { return item.entry.path.name().starts_with(".wh."); }

std::vector<Layer> layers_of(Input& input, const fuzz::Canary& canary) {
  std::vector<Layer> layers(1 + input.below(4));
  std::size_t count = 0;
  while (!input.empty() && count++ < 48)
    layers[input.below(layers.size())].push_back(item_of(input, canary));
  const bool has_links = std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
    return std::any_of(layer.begin(), layer.end(), is_link);
  });
  // With links the order may matter (docs/formats/layers.md), and the model knows only one.
  for (Layer& layer : layers) {
    if (has_links) std::stable_partition(layer.begin(), layer.end(), looks_like_whiteout);
  }
  return layers;
}

enum class Manner { together, one_by_one };

struct Outcome {
  std::optional<Tree> tree;  ///< nullopt if the layers were refused
  std::string error;
};

Outcome extract(const std::vector<Layer>& layers, fs::Lookup lookup, Manner manner) {
  Extraction extraction({}, {.lookup = lookup});
  try {
    if (manner == Manner::together) {
      extraction.apply(layers);
    } else {
      for (const Layer& layer : layers) extraction.apply({layer});
    }
  } catch (const Error& error) {
    return {.tree = std::nullopt, .error = error.what()};
  }
  return {.tree = known_part(extraction.tree()), .error = {}};
}

[[noreturn]] void report(const std::string& what, const std::vector<Layer>& layers,
                         const Outcome& outcome, const Model& model) {
  std::ostringstream text;
  text << what << "\n";
  for (const Layer& layer : layers) text << describe(layer);
  text << "error: " << outcome.error << "\nexpected:\n";
  for (const auto& [path, found] : model.tree()) text << "  " << path << " " << found << "\n";
  text << "found:\n";
  for (const auto& [path, found] : outcome.tree.value_or(Tree{})) {
    text << "  " << path << " " << found << "\n";
  }
  fuzz::fail(text.str());
}

void check(Input& input, const fuzz::Canary& canary) {
  const fs::Lookup lookup = input.coin() ? fs::Lookup::component_walk : fs::Lookup::automatic;
  const Manner manner = input.coin() ? Manner::one_by_one : Manner::together;
  const std::vector<Layer> layers = layers_of(input, canary);
  Model model;
  const bool possible = std::all_of(layers.begin(), layers.end(),
                                    [&](const Layer& layer) { return model.apply(layer); });
  const Outcome outcome = extract(layers, lookup, manner);
  canary.check();
  if (outcome.tree.has_value() != possible) {
    report(possible ? "good layers are refused" : "bad layers are applied", layers, outcome, model);
  }
  if (possible && *outcome.tree != model.tree()) {
    report("the disk holds another tree than the model", layers, outcome, model);
  }
}

}  // namespace
}  // namespace umoci::layer::test

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace umoci;
  if (::geteuid() != 0) {
    std::puts("skipped: only root can give files any owner and mode");
    std::exit(0);
  }
  static const fuzz::Canary canary;
  fuzz::Input input(fuzz::as_text(data, size));
  layer::test::check(input, canary);
  return 0;
}
