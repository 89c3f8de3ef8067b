// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/findings.hpp>
#include <umoci/oci/place.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace umoci::check {

/// Takes what is found in one document. A document that breaks one rule a million times gets a
/// hundred findings of it, and one that tells how many more there are.
class DocumentReport {
 public:
  /// `document` is the way to it, as in check::Place.
  DocumentReport(Findings& findings, std::string document)
      : findings_(findings), document_(std::move(document)) {}
  DocumentReport(const DocumentReport&) = delete;
  DocumentReport& operator=(const DocumentReport&) = delete;

  /// With the severity of the rule.
  void add(std::string_view rule, const oci::Place& place, std::string message);
  void add(std::string_view rule, Severity severity, const oci::Place& place, std::string message);
  void add(std::string_view rule, std::string pointer, std::string message);
  void add(std::string_view rule, Severity severity, std::string pointer, std::string message);
  /// To be called once, when all of the document has been looked at.
  void finish();

  [[nodiscard]] const std::string& document() const noexcept { return document_; }

 private:
  Findings& findings_;
  std::string document_;
  struct Count {
    Severity severity = Severity::info;
    std::size_t findings = 0;
  };
  std::map<std::string, Count, std::less<>> counts_;
};

}  // namespace umoci::check
