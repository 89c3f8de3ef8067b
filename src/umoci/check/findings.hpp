// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/finding.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::check {

/// Gathers findings. The same finding about the same document is kept once, however many ways lead
/// there.
class Findings {
 public:
  /// Findings of `ignored` rules are dropped; of the errors only the first `most_errors` are kept,
  /// all are counted. 0: all are kept.
  explicit Findings(std::set<std::string, std::less<>> ignored = {}, std::size_t most_errors = 0);

  /// `rule` must be in the table. The severity is the rule's.
  void add(std::string_view rule, Place place, std::string message);
  /// For rules that have milder cases.
  void add(std::string_view rule, Severity severity, Place place, std::string message);

  /// In the order in which they were found.
  [[nodiscard]] const std::vector<Finding>& all() const noexcept { return findings_; }
  /// How many there were, those not kept included.
  [[nodiscard]] std::size_t count(Severity severity) const noexcept;

 private:
  std::set<std::string, std::less<>> ignored_;
  std::size_t most_errors_;
  std::vector<Finding> findings_;
  std::set<std::string> seen_;
  std::size_t counts_[3] = {};
};

}  // namespace umoci::check
