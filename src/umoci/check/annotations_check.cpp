// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/annotations_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/digest_check.hpp>
#include <umoci/check/members.hpp>
#include <umoci/check/text_forms.hpp>
#include <umoci/oci/descriptor.hpp>
#include <umoci/store/ref_name.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace umoci::check {
namespace {

using oci::Json;

constexpr std::string_view reserved_prefix = "org.opencontainers.";
constexpr std::string_view image_prefix = "org.opencontainers.image.";

/// Behind the prefix. Spec: image-spec annotations.md, Pre-Defined Annotation Keys.
constexpr std::array<std::string_view, 14> defined_names{
    "created", "authors",  "url",      "documentation", "source",      "version",     "revision",
    "vendor",  "licenses", "ref.name", "title",         "description", "base.digest", "base.name"};

/// Why the value of a pre-defined key is not what it should be; empty if it is.
std::string_view value_fault(std::string_view name, std::string_view value) {
  if (name == "created" && !is_rfc3339(value)) return "is no date of RFC 3339";
  if ((name == "url" || name == "source" || name == "documentation") && !is_uri(value)) {
    return "is no URL";
  }
  if (name == "licenses" && !is_license_expression(value)) return "is no SPDX license expression";
  if (name == "base.digest") return digest_fault(value);
  if (name == "base.name") {
    const std::string_view host = value.substr(0, value.find('/'));
    const bool is_host = host.find_first_of(".:") != std::string_view::npos || host == "localhost";
    if (host.size() == value.size() || !is_host) return "names no registry host";
  }
  return {};
}

void check_key(std::string_view key, const oci::Place& place, DocumentReport& report) {
  if (key.empty()) return;
  if (!is_reverse_domain(key)) {
    report.add("A03", place, "key " + quoted(key) + " is not of reverse-domain style");
  }
  if (!key.starts_with(reserved_prefix)) return;
  const bool is_of_image = key.starts_with(image_prefix);
  const auto name = is_of_image ? key.substr(image_prefix.size()) : std::string_view();
  if (!is_of_image || std::ranges::find(defined_names, name) == defined_names.end()) {
    report.add("A04", place, "key " + quoted(key) + " is reserved and not defined");
  }
}

void check_value(std::string_view key, std::string_view value, const oci::Place& place,
                 DocumentReport& report) {
  if (!key.starts_with(image_prefix)) return;
  const auto fault = value_fault(key.substr(image_prefix.size()), value);
  if (!fault.empty()) report.add("A05", place, quoted(value).append(" ").append(fault));
}

void check_ref_name(const std::string& name, const oci::Place& place, Annotated of,
                    DocumentReport& report) {
  if (of != Annotated::entry_of_layout) {
    report.add("A06", place, "a name means something in entries of index.json only");
  }
  if (!store::is_ref_name(name)) {
    report.add("A06", place, quoted(name) + " does not follow the grammar of names");
  }
}

}  // namespace

void check_string_map(const Json& json, const oci::Place& place, DocumentReport& report,
                      std::string_view type_rule, std::string_view key_rule) {
  const Json::Object* members = json.if_object();
  if (members == nullptr) {
    report.add(type_rule, place, "is " + std::string(type_name(json)) + ", not an object");
    return;
  }
  for (const auto& [key, value] : *members) {
    if (key.empty()) report.add(key_rule, place, "has an empty key");
    if (value.if_string() == nullptr) {
      report.add(type_rule, place.member(key),
                 "is " + std::string(type_name(value)) + ", not a string");
    }
  }
}

void check_annotations(const Json& annotations, const oci::Place& place, Annotated of,
                       DocumentReport& report) {
  check_string_map(annotations, place, report, "A01", "A02");
  const Json::Object* members = annotations.if_object();
  if (members == nullptr) return;
  for (const auto& [key, value] : *members) {
    const oci::Place at = place.member(key);
    check_key(key, at, report);
    const std::string* text = value.if_string();
    if (text == nullptr) continue;
    check_value(key, *text, at, report);
    if (key == oci::ref_name_annotation) check_ref_name(*text, at, of, report);
  }
}

void check_labels(const Json& labels, const oci::Place& place, DocumentReport& report) {
  check_string_map(labels, place, report, "C11", "C11");
}

}  // namespace umoci::check
