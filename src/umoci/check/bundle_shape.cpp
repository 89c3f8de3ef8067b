// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/number.hpp>
#include <umoci/check/bundle_shape.hpp>
#include <umoci/check/members.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <system_error>

namespace umoci::check {
namespace {

using oci::Json;

constexpr std::string_view rule = "B02";

std::string_view wanted_name(Shape::Type type) {
  switch (type) {
    case Shape::Type::string:
      return "a string";
    case Shape::Type::boolean:
      return "a boolean";
    case Shape::Type::integer:
      return "an integer";
    case Shape::Type::array:
      return "an array";
    case Shape::Type::object:
      return "an object";
  }
  return "";
}

bool is_integer(const Json& json) {
  const Json::Number* number = json.if_number();
  return number != nullptr && number->text.find_first_of(".eE") == std::string::npos;
}

bool has_type(const Json& json, Shape::Type type) {
  switch (type) {
    case Shape::Type::string:
      return json.if_string() != nullptr;
    case Shape::Type::boolean:
      return json.if_bool() != nullptr;
    case Shape::Type::integer:
      return is_integer(json);
    case Shape::Type::array:
      return json.if_array() != nullptr;
    case Shape::Type::object:
      return json.if_object() != nullptr;
  }
  return false;
}

/// `text` is an integer of any length.
bool is_between(const std::string& text, std::int64_t least, std::uint64_t most) {
  if (text.starts_with('-')) {
    const auto value = parse_number<std::int64_t>(text);
    return value && *value >= least;
  }
  const auto value = parse_number<std::uint64_t>(text);
  if (!value || *value > most) return false;
  return least < 0 || *value >= static_cast<std::uint64_t>(least);
}

void check_string(const Value& value, const Shape& shape, Report& report) {
  const std::string& text = *value.text();
  if (!shape.words.empty() &&
      std::find(shape.words.begin(), shape.words.end(), text) == shape.words.end()) {
    report.error(rule, value,
                 fmt::format("{} is none of {}", quoted(text), fmt::join(shape.words, ", ")));
  }
  if (shape.matches != nullptr && !shape.matches(text)) {
    report.error(rule, value, fmt::format("{} is not {}", quoted(text), shape.wanted));
  }
}

void check_integer(const Value& value, const Shape& shape, Report& report) {
  const std::string& text = value.json()->if_number()->text;
  if (is_between(text, shape.least, shape.most)) return;
  report.error(rule, value,
               fmt::format("{} is not between {} and {}", quoted(text), shape.least, shape.most));
}

void check_array(const Value& value, const Shape& shape, Report& report) {
  if (value.count() < shape.least_count) {
    report.error(rule, value, "is empty, at least one element is wanted");
  }
  if (shape.element == nullptr) return;
  value.for_each_element([&](const Value& item) { check_shape(item, *shape.element, report); });
}

bool is_named(std::span<const MemberShape> members, std::string_view name) {
  return std::any_of(members.begin(), members.end(),
                     [&](const MemberShape& member) { return member.name == name; });
}

void check_object(const Value& value, const Shape& shape, Report& report) {
  for (const MemberShape& wanted : shape.members) {
    const Value member = value[wanted.name];
    if (member.json() != nullptr) {
      check_shape(member, *wanted.shape, report);
    } else if (wanted.presence == Presence::required) {
      report.error(rule, value, fmt::format("the member {} is missing", quoted(wanted.name)));
    }
  }
  if (shape.element == nullptr) return;
  value.for_each_member([&](const std::string& name, const Value& member) {
    if (!is_named(shape.members, name)) check_shape(member, *shape.element, report);
  });
}

}  // namespace

void check_shape(const Value& value, const Shape& shape, Report& report) {
  const Json& json = *value.json();
  if (!has_type(json, shape.type)) {
    const Json::Number* number = json.if_number();
    const std::string found =
        number == nullptr ? std::string(type_name(json)) : "the number " + quoted(number->text);
    report.error(rule, value, fmt::format("is {}, not {}", found, wanted_name(shape.type)));
    return;
  }
  switch (shape.type) {
    case Shape::Type::string:
      return check_string(value, shape, report);
    case Shape::Type::integer:
      return check_integer(value, shape, report);
    case Shape::Type::array:
      return check_array(value, shape, report);
    case Shape::Type::object:
      return check_object(value, shape, report);
    case Shape::Type::boolean:
      return;
  }
}

}  // namespace umoci::check
