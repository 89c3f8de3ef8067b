// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/document_report.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/rule.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace umoci::check {
namespace {

constexpr std::size_t most_findings_of_a_rule = 100;

}  // namespace

void DocumentReport::add(std::string_view rule, std::string pointer, std::string message) {
  const Rule* known = find_rule(rule);
  if (known == nullptr) throw Error(ErrorKind::internal, "no rule " + quoted(rule));
  add(rule, known->severity, std::move(pointer), std::move(message));
}

void DocumentReport::add(std::string_view rule, const oci::Place& place, std::string message) {
  add(rule, place.pointer(), std::move(message));
}

void DocumentReport::add(std::string_view rule, Severity severity, const oci::Place& place,
                         std::string message) {
  add(rule, severity, place.pointer(), std::move(message));
}

void DocumentReport::add(std::string_view rule, Severity severity, std::string pointer,
                         std::string message) {
  Count& count = counts_[std::string(rule)];
  count.severity = std::max(count.severity, severity);
  if (++count.findings > most_findings_of_a_rule) return;
  findings_.add(rule, severity, {.document = document_, .pointer = std::move(pointer)},
                std::move(message));
}

void DocumentReport::finish() {
  for (const auto& [rule, count] : counts_) {
    if (count.findings <= most_findings_of_a_rule) continue;
    findings_.add(rule, count.severity, {.document = document_, .pointer = ""},
                  fmt::format("{} more findings of this rule in this document",
                              count.findings - most_findings_of_a_rule));
  }
  counts_.clear();
}

}  // namespace umoci::check
