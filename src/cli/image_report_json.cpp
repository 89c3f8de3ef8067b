// SPDX-License-Identifier: Apache-2.0
#include <cli/image_report.hpp>

#include <cli/json_line.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/json.hpp>

namespace umoci::cli {
namespace {

using oci::Json;

Json document(const oci::Descriptor& descriptor, std::string_view bytes) {
  Json json;
  json.set("descriptor", descriptor.to_json());
  json.set("blob", Json::parse(bytes));
  return json;
}

void set_unless_empty(Json& json, std::string_view name, const std::string& value) {
  if (!value.empty()) json.set(name, value);
}

Json history_line(const HistoryReport& report) {
  Json json;
  json.set("layer", report.layer ? report.layer->to_json() : Json());
  json.set("diff_id", report.diff_id);
  set_members(json, report.line);
  return json;
}

/// Bytes that are no JSON have no place in JSON.
std::optional<Json> config_document(const ConfigReport& config) {
  try {
    return document(config.descriptor, config.bytes);
  } catch (const Error&) {
    if (config.image) throw;
    return std::nullopt;
  }
}

}  // namespace

void set_members(Json& json, const oci::History& line) {
  set_unless_empty(json, "created", display_date(line.created.value_or("")));
  set_unless_empty(json, "created_by", line.created_by);
  set_unless_empty(json, "author", line.author);
  set_unless_empty(json, "comment", line.comment);
  if (line.empty_layer) json.set("empty_layer", true);
}

void print_json(const Io& io, const ImageReport& report) {
  Json json;
  json.set("manifest", document(report.descriptor, report.manifest_bytes));
  if (report.config) {
    if (auto config = config_document(*report.config)) json.set("config", std::move(*config));
    if (report.config->image) {
      Json::Array lines;
      for (const HistoryReport& line : report.history) lines.push_back(history_line(line));
      json.set("history", std::move(lines));
    }
  }
  print_json_line(io, json);
}

}  // namespace umoci::cli
