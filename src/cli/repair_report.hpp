// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/findings.hpp>
#include <umoci/check/repair.hpp>
#include <umoci/oci/json.hpp>

#include <iosfwd>
#include <optional>
#include <vector>

namespace umoci::cli {

/// `plan RULE PLACE: ACTION: REASON` of each repair, one a line.
void print_plan(std::ostream& out, const std::vector<check::Repair>& repairs);
/// `done RULE PLACE: ACTION`, or `left` and why.
void print_result(std::ostream& out, const check::Repair& repair,
                  const check::RepairResult& result);

/// A repair, and what became of it if it was tried.
struct ReportedRepair {
  check::Repair repair;
  std::optional<check::RepairResult> result;
};
/// Spec: docs/formats/json-output/fsck.md.
[[nodiscard]] oci::Json to_json(const check::Findings& findings,
                                const std::vector<ReportedRepair>& repairs);

}  // namespace umoci::cli
