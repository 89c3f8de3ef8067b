// SPDX-License-Identifier: Apache-2.0
#include <cli/layer_report.hpp>

#include <cli/json_line.hpp>

#include <umoci/oci/json.hpp>

namespace umoci::cli {
namespace {

using oci::Json;

Json layer_object(const LayerReport& layer) {
  Json json;
  json.set("descriptor", layer.descriptor.to_json());
  if (!layer.diff_id.empty()) json.set("diff_id", layer.diff_id);
  if (layer.history) {
    Json history{Json::Object{}};
    set_members(history, *layer.history);
    json.set("history", std::move(history));
  }
  return json;
}

}  // namespace

std::vector<LayerReport> report_on_layers(const ImageReport& report) {
  std::vector<LayerReport> layers;
  layers.reserve(report.manifest.layers.size());
  for (const oci::Descriptor& descriptor : report.manifest.layers) {
    layers.push_back({.descriptor = descriptor, .diff_id = {}, .history = std::nullopt});
  }
  if (!report.config || !report.config->image) return layers;
  const auto diff_ids = report.config->image->diff_ids();
  for (std::size_t i = 0; i < layers.size() && i < diff_ids.size(); ++i) {
    layers[i].diff_id = diff_ids[i].text();
  }
  std::size_t next_layer = 0;
  for (const HistoryReport& line : report.history) {
    if (line.line.empty_layer) continue;
    // History may claim more layers than there are.
    if (next_layer == layers.size()) break;
    layers[next_layer++].history = line.line;
  }
  return layers;
}

void print_json(const Io& io, const std::vector<LayerReport>& layers) {
  Json::Array list;
  for (const LayerReport& layer : layers) list.push_back(layer_object(layer));
  Json json;
  json.set("layers", std::move(list));
  print_json_line(io, json);
}

}  // namespace umoci::cli
