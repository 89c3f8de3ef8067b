// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/config_query.hpp>

#include <cli/go_quote.hpp>
#include <cli/json_line.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <ostream>
#include <string>

namespace umoci::cli {
namespace {

using oci::Json;

void check_query_conflict(const ParsedFlags& flags, std::span<const Flag> changing) {
  const std::string_view query = flags.given("get") ? "get" : "json";
  for (const Flag& flag : changing) {
    const bool is_asked =
        flag.kind == FlagKind::boolean ? flags.is_set(flag.name) : flags.given(flag.name);
    if (!is_asked) continue;
    throw Error(ErrorKind::invalid_argument,
                fmt::format("--{} changes nothing: it and --{} may not be specified together",
                            query, flag.name));
  }
}

Json require_value(const ValueName& name, const image::StoredManifest& image) {
  auto value = name.find(image);
  if (value) return std::move(*value);
  throw Error(ErrorKind::not_found, "the image has no " + quoted(name.text()));
}

Json manifest_of(const image::StoredManifest& image) {
  Json::Object annotations;
  for (const auto& [name, value] : image.manifest.annotations) {
    annotations.emplace_back(name, value);
  }
  Json manifest;
  manifest.set("descriptor", image.path.target().to_json());
  manifest.set("annotations", std::move(annotations));
  return manifest;
}

Json json_answer(const ConfigQuery& query, const image::StoredManifest& image) {
  Json answer;
  answer.set("descriptor", image.manifest.config.to_json());
  if (query.names.empty()) {
    answer.set("config", image.require_config().json());
  } else {
    Json values{Json::Object()};
    for (const ValueName& name : query.names) values.set(name.text(), require_value(name, image));
    answer.set("values", std::move(values));
  }
  answer.set("manifest", manifest_of(image));
  return answer;
}

std::string plain_text(const ConfigQuery& query, const image::StoredManifest& image, const Io& io) {
  std::string text;
  for (const ValueName& name : query.names) {
    for (const std::string& line : value_lines(require_value(name, image), name.shape())) {
      // A program gets the bytes; a terminal must not be steered by them.
      text += io.out_is_terminal ? escape_invisible(line) : line;
      text += '\n';
    }
  }
  return text;
}

}  // namespace

std::vector<Flag> config_query_flags() {
  return {
      {.name = "get",
       .kind = FlagKind::list,
       .value_name = "name",
       .description = "change nothing, print this value",
       .hint = ValueHint::text},
      {.name = "json",
       .description = "change nothing, print JSON: everything, or what --get names"},
  };
}

std::optional<ConfigQuery> parse_config_query(const ParsedFlags& flags,
                                              std::span<const Flag> changing) {
  const bool is_json = flags.is_set("json");
  if (!is_json && !flags.given("get")) return std::nullopt;
  check_query_conflict(flags, changing);
  ConfigQuery query;
  if (is_json) query.format = ConfigQuery::Format::json;
  for (const std::string& name : flags.values("get")) query.names.emplace_back(name);
  return query;
}

void print(const ConfigQuery& query, const image::StoredManifest& image, const Io& io) {
  if (query.format == ConfigQuery::Format::json) {
    print_json_line(io, json_answer(query, image));
  } else {
    io.out << plain_text(query, image, io);
  }
}

}  // namespace umoci::cli
