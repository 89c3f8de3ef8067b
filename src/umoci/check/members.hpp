// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/document_report.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/oci/place.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::check {

/// Looks at the members of one JSON object and reports those of the wrong type. What is null counts
/// as absent, and what has the wrong type too, once it was reported. The object must outlive it.
class Members {
 public:
  /// `type_rule` is the rule that wrong types break. Reports a value that is no object.
  Members(const oci::Json& json, const oci::Place& place, DocumentReport& report,
          std::string_view type_rule = "J05");

  /// nullptr if absent or null.
  [[nodiscard]] const oci::Json* find(std::string_view name) const;
  /// True if it is there and not null. Otherwise that is a finding of `rule`.
  bool require(std::string_view name, std::string_view rule) const;

  const std::string* string(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  const bool* boolean(std::string_view name) const;
  const oci::Json::Array* array(std::string_view name) const;
  const oci::Json::Object* object(std::string_view name) const;
  /// The elements of an array that are strings; the others are reported.
  std::vector<std::string_view> strings(std::string_view name) const;

  /// Reports members that are not `known`, and those that only differ in case from one that is.
  void check_names(std::span<const std::string_view> known) const;

  [[nodiscard]] bool is_object() const noexcept { return is_object_; }
  /// Points at this object's own.
  [[nodiscard]] oci::Place place_of(std::string_view name) const { return place_.member(name); }
  [[nodiscard]] const oci::Place& place() const noexcept { return place_; }
  [[nodiscard]] DocumentReport& report() const noexcept { return report_; }

 private:
  void wrong_type(const oci::Place& place, const oci::Json& found, std::string_view wanted) const;

  const oci::Json& json_;
  const oci::Place& place_;
  DocumentReport& report_;
  std::string_view type_rule_;
  bool is_object_;
};

/// "a string", "an array", … for messages.
[[nodiscard]] std::string_view type_name(const oci::Json& json);

}  // namespace umoci::check
