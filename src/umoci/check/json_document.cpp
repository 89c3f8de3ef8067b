// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/json_document.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace umoci::check {
namespace {

using oci::Json;

/// More than that many bytes, and registries may refuse it. Spec: distribution-spec, Pushing
/// Manifests.
constexpr std::size_t large_document_bytes = 4U << 20U;
constexpr std::int64_t max_exact_integer = (std::int64_t{1} << 53U) - 1;
constexpr std::size_t exact_digits = 17;
constexpr std::size_t told_bytes = 100;

/// True if a reader that keeps numbers as IEEE doubles has the number as it is written.
bool is_exact(const Json& json, const Json::Number& number) {
  if (number.text.find_first_of(".eE") == std::string::npos) {
    const auto value = json.if_int64();
    return value && *value <= max_exact_integer && *value >= -max_exact_integer;
  }
  const std::string_view mantissa =
      std::string_view(number.text).substr(0, number.text.find_first_of("eE"));
  const auto digits = std::ranges::count_if(mantissa, [](char c) { return c >= '0' && c <= '9'; });
  return static_cast<std::size_t>(digits) <= exact_digits;
}

/// As deep as the document, which is limited.
void check_numbers(const Json& json, const oci::Place& place, DocumentReport& report) {
  if (const Json::Number* number = json.if_number()) {
    if (is_exact(json, *number)) return;
    report.add("J03", Severity::warning, place,
               quoted(number->text.substr(0, told_bytes)) + " has more digits than a double keeps");
  } else if (const Json::Array* array = json.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      check_numbers((*array)[i], place.element(i), report);
    }
  } else if (const Json::Object* object = json.if_object()) {
    for (const auto& [name, value] : *object) check_numbers(value, place.member(name), report);
  }
}

}  // namespace

std::optional<Json> parse_document(std::string_view text, DocumentReport& report,
                                   const Limits& limits) {
  const oci::Place document;
  if (text.size() > large_document_bytes) {
    report.add("J06", document, fmt::format("has {} bytes: registries may refuse it", text.size()));
  }
  try {
    std::vector<std::string> duplicates;
    Json json = Json::parse(text, limits, duplicates);
    for (const std::string& pointer : duplicates) {
      report.add("J02", pointer, "is there more than once");
    }
    check_numbers(json, document, report);
    return json;
  } catch (const Error& error) {
    report.add("J01", document, error.message());
    return std::nullopt;
  }
}

}  // namespace umoci::check
