// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/member_reader.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>

namespace umoci::oci {
namespace {

std::string_view type_of(const Json& json) {
  if (json.if_bool() != nullptr) return "a boolean";
  if (json.if_number() != nullptr) return "a number";
  if (json.if_string() != nullptr) return "a string";
  if (json.if_array() != nullptr) return "an array";
  if (json.if_object() != nullptr) return "an object";
  return "null";
}

const std::string& string_at(const Json& json, const Place& place) {
  const std::string* text = json.if_string();
  if (text == nullptr) throw_wrong_type(place, json, "a string");
  return *text;
}

}  // namespace

void throw_wrong_type(const Place& place, const Json& found, std::string_view wanted) {
  std::string message = place.text() + " is ";
  message += type_of(found);
  message += ", not ";
  message += wanted;
  throw Error(ErrorKind::invalid_data, message);
}

MemberReader::MemberReader(const Json& json, const Place& place) : json_(json), place_(place) {
  if (json.if_object() == nullptr) throw_wrong_type(place, json, "an object");
}

const Json* MemberReader::find(std::string_view name) const {
  const Json* member = json_.find(name);
  return member == nullptr || member->is_null() ? nullptr : member;
}

void MemberReader::reject_null(std::string_view name) const {
  const Json* member = json_.find(name);
  if (member == nullptr || !member->is_null()) return;
  throw Error(ErrorKind::invalid_data, place_of(name).text() + " is null but is required");
}

std::string MemberReader::string(std::string_view name) const {
  const Json* member = find(name);
  return member == nullptr ? std::string() : string_at(*member, place_of(name));
}

std::int64_t MemberReader::integer(std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr) return 0;
  const std::optional<std::int64_t> value = member->if_int64();
  if (value) return *value;
  const Json::Number* number = member->if_number();
  if (number == nullptr) throw_wrong_type(place_of(name), *member, "an integer");
  throw Error(ErrorKind::invalid_data, place_of(name).text() + " is " +
                                           quoted(number->text.substr(0, 40)) +
                                           ", not an integer of 64 bits");
}

bool MemberReader::boolean(std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr) return false;
  const bool* value = member->if_bool();
  if (value == nullptr) throw_wrong_type(place_of(name), *member, "a boolean");
  return *value;
}

std::vector<std::string> MemberReader::strings(std::string_view name) const {
  std::vector<std::string> texts;
  const Json::Array* elements = array(name);
  if (elements == nullptr) return texts;
  texts.reserve(elements->size());
  const Place place = place_of(name);
  for (const Json& element : *elements) {
    texts.push_back(string_at(element, place.element(texts.size())));
  }
  return texts;
}

std::map<std::string, std::string> MemberReader::string_map(std::string_view name) const {
  std::map<std::string, std::string> texts;
  const Json::Object* members = object(name);
  if (members == nullptr) return texts;
  const Place place = place_of(name);
  for (const auto& [key, value] : *members) {
    texts.emplace(key, value.is_null() ? std::string() : string_at(value, place.member(key)));
  }
  return texts;
}

const Json::Array* MemberReader::array(std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr) return nullptr;
  if (member->if_array() == nullptr) throw_wrong_type(place_of(name), *member, "an array");
  return member->if_array();
}

const Json::Object* MemberReader::object(std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr) return nullptr;
  if (member->if_object() == nullptr) throw_wrong_type(place_of(name), *member, "an object");
  return member->if_object();
}

Json::Object MemberReader::others(std::span<const std::string_view> known) const {
  Json::Object others;
  for (const Json::Member& member : *json_.if_object()) {
    if (std::find(known.begin(), known.end(), member.first) == known.end()) {
      others.push_back(member);
    }
  }
  return others;
}

}  // namespace umoci::oci
