// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/members.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <cctype>

namespace umoci::check {
namespace {

using oci::Json;

constexpr std::size_t most_told_names = 20;
constexpr std::size_t most_told_bytes = 100;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::string_view type_name(const Json& json) {
  if (json.is_null()) return "null";
  if (json.if_bool() != nullptr) return "a boolean";
  if (json.if_string() != nullptr) return "a string";
  if (json.if_number() != nullptr) return "a number";
  if (json.if_array() != nullptr) return "an array";
  return "an object";
}

Members::Members(const Json& json, const oci::Place& place, DocumentReport& report,
                 std::string_view type_rule)
    : json_(json),
      place_(place),
      report_(report),
      type_rule_(type_rule),
      is_object_(json.if_object() != nullptr) {
  if (!is_object_) wrong_type(place, json, "an object");
}

void Members::wrong_type(const oci::Place& place, const Json& found,
                         std::string_view wanted) const {
  report_.add(type_rule_, place,
              std::string("is ").append(type_name(found)).append(", not ").append(wanted));
}

const Json* Members::find(std::string_view name) const {
  const Json* found = json_.find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

bool Members::require(std::string_view name, std::string_view rule) const {
  if (!is_object_) return false;
  const Json* found = json_.find(name);
  if (found != nullptr && !found->is_null()) return true;
  if (found == nullptr) {
    report_.add(rule, place_, "has no member " + quoted(name));
  } else {
    report_.add(rule, place_.member(name), "is null");
  }
  return false;
}

const std::string* Members::string(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr) return nullptr;
  const std::string* text = found->if_string();
  if (text == nullptr) wrong_type(place_.member(name), *found, "a string");
  return text;
}

std::optional<std::int64_t> Members::integer(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr) return std::nullopt;
  const Json::Number* number = found->if_number();
  if (number == nullptr) {
    wrong_type(place_.member(name), *found, "a number");
    return std::nullopt;
  }
  const auto value = found->if_int64();
  if (value) return value;
  const bool is_written_as_one = number->text.find_first_of(".eE") == std::string::npos;
  const std::string shown = quoted(number->text.substr(0, most_told_bytes));
  report_.add("J03", place_.member(name),
              is_written_as_one ? shown + " does not fit into 64 bits"
                                : shown + " is not written as an integer");
  return std::nullopt;
}

const bool* Members::boolean(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr) return nullptr;
  const bool* value = found->if_bool();
  if (value == nullptr) wrong_type(place_.member(name), *found, "a boolean");
  return value;
}

const Json::Array* Members::array(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr) return nullptr;
  const Json::Array* value = found->if_array();
  if (value == nullptr) wrong_type(place_.member(name), *found, "an array");
  return value;
}

const Json::Object* Members::object(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr) return nullptr;
  const Json::Object* value = found->if_object();
  if (value == nullptr) wrong_type(place_.member(name), *found, "an object");
  return value;
}

std::vector<std::string_view> Members::strings(std::string_view name) const {
  std::vector<std::string_view> texts;
  const Json::Array* elements = array(name);
  if (elements == nullptr) return texts;
  const oci::Place list = place_.member(name);
  for (std::size_t i = 0; i < elements->size(); ++i) {
    if (const std::string* text = (*elements)[i].if_string()) {
      texts.emplace_back(*text);
    } else {
      wrong_type(list.element(i), (*elements)[i], "a string");
    }
  }
  return texts;
}

void Members::check_names(std::span<const std::string_view> known) const {
  const Json::Object* members = json_.if_object();
  if (members == nullptr) return;
  std::string unknown;
  std::size_t count = 0;
  for (const auto& [name, value] : *members) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string lower = lower_case(name);
    const auto near = std::ranges::find_if(
        known, [&](std::string_view candidate) { return lower_case(candidate) == lower; });
    if (near != known.end()) {
      report_.add("J04", place_.member(name), "differs only in case from " + quoted(*near));
      continue;
    }
    if (++count > most_told_names) continue;
    unknown += (unknown.empty() ? "" : ", ") + quoted(name.substr(0, most_told_bytes));
  }
  if (count == 0) return;
  if (count > most_told_names) {
    unknown += " and " + std::to_string(count - most_told_names) + " more";
  }
  report_.add("J07", place_, (count == 1 ? "unknown member " : "unknown members ") + unknown);
}

}  // namespace umoci::check
