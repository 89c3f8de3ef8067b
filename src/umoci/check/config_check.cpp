// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/config_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/digest_check.hpp>
#include <umoci/check/execution_check.hpp>
#include <umoci/check/members.hpp>
#include <umoci/check/text_forms.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace umoci::check {
namespace {

using oci::Json;

constexpr std::string_view type_rule = "C15";

constexpr std::array<std::string_view, 10> config_members{
    "created",     "author",  "architecture", "os",     "os.version",
    "os.features", "variant", "config",       "rootfs", "history"};
constexpr std::array<std::string_view, 2> rootfs_members{"type", "diff_ids"};
constexpr std::array<std::string_view, 5> history_members{"created", "created_by", "author",
                                                          "comment", "empty_layer"};

void check_created(const Members& members) {
  const std::string* text = members.string("created");
  if (text == nullptr || is_rfc3339(*text)) return;
  members.report().add("C04", members.place_of("created"),
                       quoted(*text) + " is no date of RFC 3339");
}

std::optional<std::vector<std::string>> check_diff_ids(const Members& rootfs) {
  if (!rootfs.require("diff_ids", "C02")) return std::nullopt;
  const Json::Array* list = rootfs.array("diff_ids");
  if (list == nullptr) return std::nullopt;
  const oci::Place place = rootfs.place_of("diff_ids");
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < list->size(); ++i) {
    ids.emplace_back();
    const std::string* text = (*list)[i].if_string();
    if (text == nullptr) {
      rootfs.report().add("C02", place.element(i),
                          "is " + std::string(type_name((*list)[i])) + ", not a string");
    } else if (check_digest(*text, place.element(i), rootfs.report(), "C02")) {
      ids.back() = *text;
    }
  }
  return ids;
}

void check_rootfs(const Members& config, ConfigFacts& facts) {
  if (!config.require("rootfs", "C02")) return;
  const oci::Place place = config.place_of("rootfs");
  const Members rootfs(*config.find("rootfs"), place, config.report(), type_rule);
  if (rootfs.require("type", "C02")) {
    const std::string* type = rootfs.string("type");
    if (type != nullptr && *type != "layers") {
      config.report().add("C02", rootfs.place_of("type"), quoted(*type) + " is not \"layers\"");
    }
  }
  facts.diff_ids = check_diff_ids(rootfs);
  rootfs.check_names(rootfs_members);
}

/// True if the entry made a layer.
bool check_history_entry(const Json& json, const oci::Place& place, DocumentReport& report) {
  const Members entry(json, place, report, type_rule);
  check_created(entry);
  for (const std::string_view name : {"created_by", "author", "comment"}) entry.string(name);
  const bool* is_empty = entry.boolean("empty_layer");
  entry.check_names(history_members);
  return is_empty == nullptr || !*is_empty;
}

std::optional<std::size_t> check_history(const Members& config) {
  const Json::Array* history = config.array("history");
  if (history == nullptr) return std::nullopt;
  const oci::Place place = config.place_of("history");
  std::size_t layers = 0;
  for (std::size_t i = 0; i < history->size(); ++i) {
    if (check_history_entry((*history)[i], place.element(i), config.report())) ++layers;
  }
  return layers;
}

}  // namespace

ConfigFacts check_config(const Json& document, DocumentReport& report) {
  const oci::Place place;
  ConfigFacts facts;
  if (document.if_object() == nullptr) {
    report.add("C01", place, "is " + std::string(type_name(document)) + ", not an object");
    return facts;
  }
  const Members config(document, place, report, type_rule);
  config.require("architecture", "C01");
  config.require("os", "C01");
  facts.platform = read_platform_members(config, "C14");
  config.string("author");
  check_created(config);
  check_rootfs(config, facts);
  facts.history_layers = check_history(config);
  if (facts.history_layers && facts.diff_ids && *facts.history_layers != facts.diff_ids->size()) {
    report.add("C12", config.place_of("history"),
               fmt::format("tells of {} layers, but there are {}", *facts.history_layers,
                           facts.diff_ids->size()));
  }
  if (const Json* execution = config.find("config")) {
    facts.user = check_execution(*execution, config.place_of("config"), report);
  }
  config.check_names(config_members);
  return facts;
}

}  // namespace umoci::check
