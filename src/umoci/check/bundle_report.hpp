// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/bundle_value.hpp>
#include <umoci/check/document_report.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace umoci::check {

/// Takes what is found about values of one document.
class Report : public DocumentReport {
 public:
  using DocumentReport::DocumentReport;

  void error(std::string_view rule, const Value& at, std::string message) {
    add(rule, Severity::error, at.pointer(), std::move(message));
  }
  void warn(std::string_view rule, const Value& at, std::string message) {
    add(rule, Severity::warning, at.pointer(), std::move(message));
  }
};

}  // namespace umoci::check
