// SPDX-License-Identifier: Apache-2.0
#include <cli/delta_report.hpp>

#include <cli/json_line.hpp>

#include <umoci/mtree/vis.hpp>
#include <umoci/oci/json.hpp>

#include <string_view>

namespace umoci::cli {
namespace {

using oci::Json;

std::string_view name_of(mtree::DeltaKind kind) {
  switch (kind) {
    case mtree::DeltaKind::missing:
      return "missing";
    case mtree::DeltaKind::extra:
      return "unexpected";
    case mtree::DeltaKind::modified:
      break;
  }
  return "modified";
}

Json json_of(const mtree::Difference& difference) {
  Json json;
  json.set("keyword", difference.keyword);
  json.set("expected", difference.expected);
  json.set("actual", difference.actual);
  return json;
}

Json json_of(const mtree::Delta& delta) {
  Json json;
  json.set("path", delta.path.is_root() ? "." : mtree::vis(delta.path.text()));
  json.set("kind", name_of(delta.kind));
  json.set("type", name_of(delta.type));
  if (delta.kind != mtree::DeltaKind::modified) return json;
  Json::Array keywords;
  for (const auto& difference : delta.differences) keywords.push_back(json_of(difference));
  json.set("keywords", std::move(keywords));
  return json;
}

}  // namespace

std::vector<std::string> path_lines(const std::vector<mtree::Delta>& deltas) {
  std::vector<std::string> lines;
  lines.reserve(deltas.size());
  for (const auto& delta : deltas) lines.push_back(mtree::report_line(delta));
  return lines;
}

std::vector<std::string> keyword_lines(const std::vector<mtree::Delta>& deltas) {
  std::vector<std::string> lines;
  for (const auto& delta : deltas) {
    if (delta.kind != mtree::DeltaKind::modified) lines.push_back(mtree::report_line(delta));
    for (const auto& difference : delta.differences) {
      lines.push_back(mtree::report_line({.path = delta.path,
                                          .kind = delta.kind,
                                          .type = delta.type,
                                          .differences = {difference}}));
    }
  }
  return lines;
}

void print_json(const Io& io, const std::vector<mtree::Delta>& deltas) {
  Json::Array list;
  for (const auto& delta : deltas) list.push_back(json_of(delta));
  Json json;
  json.set("differences", std::move(list));
  print_json_line(io, json);
}

}  // namespace umoci::cli
