// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/findings.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/rule.hpp>

#include <utility>

namespace umoci::check {
namespace {

/// What a finding is about, without the way that led there.
std::string_view last_step(std::string_view document) {
  const std::size_t arrow = document.rfind(" -> ");
  return arrow == std::string_view::npos ? document : document.substr(arrow + 4);
}

}  // namespace

Findings::Findings(std::set<std::string, std::less<>> ignored, std::size_t most_errors)
    : ignored_(std::move(ignored)), most_errors_(most_errors) {}

void Findings::add(std::string_view rule, Place place, std::string message) {
  const Rule* known = find_rule(rule);
  if (known == nullptr) throw Error(ErrorKind::internal, "no rule " + quoted(rule));
  add(rule, known->severity, std::move(place), std::move(message));
}

void Findings::add(std::string_view rule, Severity severity, Place place, std::string message) {
  const Rule* known = find_rule(rule);
  if (known == nullptr) throw Error(ErrorKind::internal, "no rule " + quoted(rule));
  if (ignored_.contains(rule)) return;
  std::string identity(rule);
  for (const std::string_view part :
       {last_step(place.document), std::string_view(place.pointer), std::string_view(message)}) {
    identity += '\0';
    identity += part;
  }
  if (!seen_.insert(std::move(identity)).second) return;
  std::size_t& count = counts_[static_cast<std::size_t>(severity)];
  ++count;
  if (severity == Severity::error && most_errors_ != 0 && count > most_errors_) return;
  // The caller's text may go away.
  findings_.push_back({.rule = known->id,
                       .severity = severity,
                       .place = std::move(place),
                       .message = std::move(message)});
}

std::size_t Findings::count(Severity severity) const noexcept {
  return counts_[static_cast<std::size_t>(severity)];
}

}  // namespace umoci::check
