// SPDX-License-Identifier: Apache-2.0
#include <cli/repair_report.hpp>

#include <cli/finding_report.hpp>
#include <cli/go_quote.hpp>

#include <ostream>
#include <string_view>
#include <utility>

namespace umoci::cli {
namespace {

using check::Repair;
using check::RepairKind;
using check::RepairResult;
using oci::Json;

std::string_view name_of(RepairKind kind) {
  switch (kind) {
    case RepairKind::write_marker:
      return "write-marker";
    case RepairKind::change_mode:
      return "change-mode";
    case RepairKind::make_directory:
      return "make-directory";
    case RepairKind::write_index:
      return "write-index";
    case RepairKind::set_schema_version:
      return "set-schema-version";
    case RepairKind::move_entry:
      return "move-entry";
    case RepairKind::remove_leftover:
      break;
  }
  return "remove-leftover";
}

std::string_view state_of(const std::optional<RepairResult>& result) {
  if (!result) return "planned";
  return result->state == RepairResult::State::done ? "done" : "left";
}

void print_head(std::ostream& out, std::string_view word, const Repair& repair) {
  out << word << ' ' << repair.rule << ' ';
  print_place(out, repair.place);
  out << ": " << escape_invisible(repair.action);
}

Json to_json(const ReportedRepair& reported) {
  const Repair& repair = reported.repair;
  Json json;
  json.set("kind", name_of(repair.kind));
  json.set("state", state_of(reported.result));
  json.set("rule", repair.rule);
  set_place(json, repair.place);
  json.set("action", repair.action);
  json.set("reason", repair.reason);
  if (repair.kind == RepairKind::move_entry) json.set("entry", Json::parse(repair.entry));
  if (reported.result && !reported.result->report.empty()) {
    json.set("moved_to", reported.result->report);
  }
  return json;
}

}  // namespace

void print_plan(std::ostream& out, const std::vector<Repair>& repairs) {
  for (const Repair& repair : repairs) {
    print_head(out, "plan", repair);
    out << ": " << escape_invisible(repair.reason) << '\n';
  }
}

void print_result(std::ostream& out, const Repair& repair, const RepairResult& result) {
  const bool is_done = result.state == RepairResult::State::done;
  print_head(out, is_done ? "done" : "left", repair);
  if (!is_done) out << ": it is as it should be by now";
  if (!result.report.empty()) out << ": " << result.report;
  out << '\n';
}

Json to_json(const check::Findings& findings, const std::vector<ReportedRepair>& repairs) {
  Json json = to_json(findings);
  Json::Array list;
  for (const ReportedRepair& repair : repairs) list.push_back(to_json(repair));
  json.set("repairs", std::move(list));
  return json;
}

}  // namespace umoci::cli
