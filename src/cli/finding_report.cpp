// SPDX-License-Identifier: Apache-2.0
#include <cli/finding_report.hpp>

#include <cli/go_quote.hpp>
#include <cli/json_line.hpp>
#include <cli/json_number.hpp>

#include <umoci/base/utf8.hpp>
#include <umoci/mtree/vis.hpp>
#include <umoci/oci/json.hpp>

#include <ostream>
#include <string_view>

namespace umoci::cli {
namespace {

using check::Finding;
using check::Findings;
using check::Severity;
using oci::Json;

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

/// Names of files may be of any bytes; the way to a document is plain text.
std::string document_text(const std::string& document) {
  const bool is_way = document.starts_with("index.json -> ") && is_utf8(document);
  return is_way ? document : mtree::vis(document);
}

}  // namespace

void print_place(std::ostream& out, const check::Place& place) {
  // Names of files and members may hold anything; a finding is one line.
  out << escape_invisible(place.document);
  if (!place.pointer.empty()) out << '#' << escape_invisible(place.pointer);
}

void set_place(Json& json, const check::Place& place) {
  json.set("document", document_text(place.document));
  json.set("pointer", place.pointer);
}

void print_text(std::ostream& out, const Findings& findings) {
  for (const Finding& finding : findings.all()) {
    out << name_of(finding.severity) << ' ' << finding.rule << ' ';
    print_place(out, finding.place);
    out << ": " << escape_invisible(finding.message) << '\n';
  }
}

Json to_json(const Findings& findings) {
  Json::Array list;
  for (const Finding& finding : findings.all()) {
    Json json;
    json.set("severity", name_of(finding.severity));
    json.set("rule", finding.rule);
    set_place(json, finding.place);
    json.set("message", finding.message);
    list.push_back(std::move(json));
  }
  Json json;
  json.set("errors", number(findings.count(Severity::error)));
  json.set("warnings", number(findings.count(Severity::warning)));
  json.set("infos", number(findings.count(Severity::info)));
  json.set("findings", std::move(list));
  return json;
}

void print_json(const Io& io, const Findings& findings) { print_json_line(io, to_json(findings)); }

}  // namespace umoci::cli
