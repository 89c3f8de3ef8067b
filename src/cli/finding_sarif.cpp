// SPDX-License-Identifier: Apache-2.0
#include <cli/finding_report.hpp>

#include <cli/go_quote.hpp>
#include <cli/json_line.hpp>
#include <cli/json_number.hpp>
#include <cli/version.hpp>

#include <umoci/check/rule.hpp>
#include <umoci/oci/json.hpp>

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <string_view>

namespace umoci::cli {
namespace {

using check::Finding;
using check::Rule;
using check::Severity;
using oci::Json;

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

Json text(std::string_view value) {
  Json json;
  json.set("text", value);
  return json;
}

/// The file that holds a document, as a relative URI.
std::string uri_of(std::string_view document) {
  const std::size_t space = document.rfind(' ');
  const bool is_way = document.find(" -> ") != std::string_view::npos;
  std::string path(is_way ? document.substr(space + 1) : document);
  if (is_way) {
    if (const std::size_t colon = path.find(':'); colon != std::string::npos) path[colon] = '/';
    path.insert(0, "blobs/");
  }
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("-._~/").find(c) != std::string_view::npos;
    if (is_plain) {
      uri += c;
    } else {
      uri += '%';
      uri += digits[byte >> 4U];
      uri += digits[byte & 15U];
    }
  }
  return uri;
}

Json rule_json(const Rule& rule) {
  Json configuration;
  configuration.set("level", level_of(rule.severity));
  Json properties;
  properties.set("specification", rule.section);
  Json json;
  json.set("id", rule.id);
  json.set("shortDescription", text(rule.summary));
  json.set("defaultConfiguration", std::move(configuration));
  json.set("properties", std::move(properties));
  return json;
}

Json location_json(const check::Place& place) {
  Json artifact;
  artifact.set("uri", uri_of(place.document));
  Json physical;
  physical.set("artifactLocation", std::move(artifact));
  Json logical;
  logical.set("fullyQualifiedName", escape_invisible(place.document) +
                                        (place.pointer.empty() ? "" : "#" + place.pointer));
  Json location;
  location.set("physicalLocation", std::move(physical));
  location.set("logicalLocations", Json::Array{std::move(logical)});
  return location;
}

Json result_json(const Finding& finding, std::size_t rule_index) {
  Json json;
  json.set("ruleId", finding.rule);
  json.set("ruleIndex", number(rule_index));
  json.set("level", level_of(finding.severity));
  json.set("message", text(finding.message));
  json.set("locations", Json::Array{location_json(finding.place)});
  return json;
}

}  // namespace

void print_sarif(const Io& io, const check::Findings& findings) {
  Json::Array rules;
  std::map<std::string_view, std::size_t> indexes;
  for (const Rule& rule : check::rules()) {
    indexes.emplace(rule.id, rules.size());
    rules.push_back(rule_json(rule));
  }
  Json::Array results;
  for (const Finding& finding : findings.all()) {
    results.push_back(result_json(finding, indexes.at(finding.rule)));
  }
  Json driver;
  driver.set("name", "umoci");
  driver.set("version", version);
  driver.set("rules", std::move(rules));
  Json tool;
  tool.set("driver", std::move(driver));
  Json run;
  run.set("tool", std::move(tool));
  run.set("results", std::move(results));
  Json json;
  json.set("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.set("version", "2.1.0");
  json.set("runs", Json::Array{std::move(run)});
  print_json_line(io, json);
}

}  // namespace umoci::cli
