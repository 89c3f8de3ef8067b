// SPDX-License-Identifier: Apache-2.0
// The part of Walk that reads layers.
#include <umoci/check/image_layers.hpp>
#include <umoci/check/layer_check.hpp>
#include <umoci/check/walk.hpp>
#include <umoci/io/source.hpp>
#include <umoci/oci/descriptor.hpp>

#include <fmt/format.h>

#include <utility>

namespace umoci::check {
namespace {

/// The algorithm of the layer's diff_id; that of most if there is none.
digest::Algorithm diff_algorithm(const std::optional<ConfigFacts>& image, std::size_t layer) {
  if (!image || !image->diff_ids || layer >= image->diff_ids->size()) {
    return digest::Algorithm::sha256;
  }
  const digest::Digest diff_id((*image->diff_ids)[layer]);
  return diff_id.algorithm().value_or(digest::Algorithm::sha256);
}

/// Y09.
void check_annotated_size(const DescriptorFacts& layer, const LayerFacts& facts,
                          DocumentReport& report) {
  const auto annotated = layer.annotations.find(oci::uncompressed_size_annotation);
  if (annotated == layer.annotations.end() || facts.diff_id.empty()) return;
  const std::string actual = std::to_string(facts.plain_bytes);
  if (annotated->second == actual) return;
  report.add("Y09", layer.pointer,
             fmt::format("has {} bytes uncompressed, but its annotation says otherwise", actual));
}

}  // namespace

void Walk::follow_layers(const ManifestFacts& facts, const Document& document,
                         DocumentReport& report) {
  std::vector<const LayerFacts*> layers;
  for (std::size_t i = 0; i < facts.layers.size(); ++i) {
    const DescriptorFacts& layer = facts.layers[i];
    const Step step{.target = layer, .report = report, .label = "layer ", .depth = 0};
    layers.push_back(follow_layer(step, diff_algorithm(document.image, i)));
    if (layers.back() != nullptr) check_annotated_size(layer, *layers.back(), report);
  }
  const bool reads_layers = options_.depth == LayoutCheckOptions::Depth::layers;
  if (reads_layers && document.image) check_image_layers(layers, *document.image, report);
}

const LayerFacts* Walk::follow_layer(const Step& step, digest::Algorithm diff_algorithm) {
  const DescriptorFacts& layer = step.target;
  const bool is_read = options_.depth == LayoutCheckOptions::Depth::layers &&
                       layer.kind() == oci::DocumentKind::layer && !layer.digest.empty();
  const LayerFacts* facts = nullptr;
  if (is_read) {
    const auto [known, is_new] = layers_.try_emplace(
        fmt::format("{} {} {}", layer.digest, layer.media_type, digest::name_of(diff_algorithm)));
    if (is_new) {
      auto read = std::make_unique<LayerFacts>();
      if (read_layer(step, diff_algorithm, *read)) known->second = std::move(read);
    }
    facts = known->second.get();
  }
  follow(step);
  return facts;
}

/// False if there is no such blob.
bool Walk::read_layer(const Step& step, digest::Algorithm diff_algorithm, LayerFacts& facts) {
  const DescriptorFacts& layer = step.target;
  DocumentReport report(findings_, way_to(step.report.document(), step.label, layer.digest));
  bool is_read = false;
  const auto read = [&](io::Source& stored) {
    facts = check_layer(stored,
                        {.media_type = layer.media_type,
                         .diff_algorithm = diff_algorithm,
                         .limits = options_.limits,
                         .stop = options_.stop},
                        report);
    is_read = true;
  };
  if (layer.data) {
    io::BytesSource embedded(*layer.data);
    read(embedded);
  } else {
    blobs_.examine(layer.digest, read);
  }
  report.finish();
  return is_read;
}

}  // namespace umoci::check
