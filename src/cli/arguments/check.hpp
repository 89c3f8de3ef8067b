// SPDX-License-Identifier: Apache-2.0
#pragma once

// What validate and fsck have in common: which findings they want, and the verdict.

#include <cli/command.hpp>

#include <umoci/check/check.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// What is checked, and which findings count.
[[nodiscard]] std::vector<Flag> check_flags();

using RuleIds = std::set<std::string, std::less<>>;

/// Of --ignore. Throws: invalid_argument for an id that no rule has.
[[nodiscard]] RuleIds ignored_rules(const ParsedFlags& flags);
/// None yet, but told which are wanted. Throws: invalid_argument.
[[nodiscard]] check::Findings wanted_findings(const ParsedFlags& flags);
/// Without a name and without progress. Throws: invalid_argument.
[[nodiscard]] check::LayoutCheckOptions layout_check_options(const Invocation& line);

/// To be called when all was printed: a verdict that nobody could read is none. Throws: io.
void flush_verdict(const Invocation& line);

/// Logs whether `noun` is valid; returns the exit status that says so.
[[nodiscard]] int tell_verdict(const Invocation& line, const std::string& noun,
                               const check::Findings& findings);

}  // namespace umoci::cli
