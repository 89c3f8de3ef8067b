// SPDX-License-Identifier: Apache-2.0
#include <cli/finding_report.hpp>

#include <cli/go_quote.hpp>
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

void print_text(std::ostream& out, const Findings& findings) {
  for (const Finding& finding : findings.all()) {
    const auto& [document, pointer] = finding.place;
    // Names of files and members may hold anything; a finding is one line.
    out << name_of(finding.severity) << ' ' << finding.rule << ' ' << escape_invisible(document);
    if (!pointer.empty()) out << '#' << escape_invisible(pointer);
    out << ": " << escape_invisible(finding.message) << '\n';
  }
}

void print_json(std::ostream& out, const Findings& findings) {
  Json::Array list;
  for (const Finding& finding : findings.all()) {
    Json json;
    json.set("severity", name_of(finding.severity));
    json.set("rule", finding.rule);
    json.set("document", document_text(finding.place.document));
    json.set("pointer", finding.place.pointer);
    json.set("message", finding.message);
    list.push_back(std::move(json));
  }
  Json json;
  json.set("errors", number(findings.count(Severity::error)));
  json.set("warnings", number(findings.count(Severity::warning)));
  json.set("infos", number(findings.count(Severity::info)));
  json.set("findings", std::move(list));
  out << json.dump() << '\n';
}

}  // namespace umoci::cli
