// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/json.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <algorithm>
#include <system_error>

namespace umoci::oci {
namespace {

template <class Members>
auto member_named(Members& members, std::string_view name) {
  return std::find_if(members.begin(), members.end(),
                      [&](const Json::Member& member) { return member.first == name; });
}

}  // namespace

Json::Json(std::int64_t value) : value_(Number{std::to_string(value)}) {}

std::optional<std::int64_t> Json::if_int64() const {
  const Number* number = if_number();
  return number == nullptr ? std::nullopt : parse_number<std::int64_t>(number->text);
}

const Json* Json::find(std::string_view name) const {
  const Object* members = if_object();
  if (members == nullptr) return nullptr;
  const auto found = member_named(*members, name);
  return found == members->end() ? nullptr : &found->second;
}

Json* Json::find(std::string_view name) {
  Object* members = if_object();
  if (members == nullptr) return nullptr;
  const auto found = member_named(*members, name);
  return found == members->end() ? nullptr : &found->second;
}

void Json::set(std::string_view name, Json value) {
  if (is_null()) value_ = Object();
  Object* members = if_object();
  if (members == nullptr) {
    throw Error(ErrorKind::internal, "member " + quoted(name) + " set in what is no object");
  }
  const auto found = member_named(*members, name);
  if (found == members->end()) {
    members->emplace_back(std::string(name), std::move(value));
  } else {
    found->second = std::move(value);
  }
}

void Json::erase(std::string_view name) {
  Object* members = if_object();
  if (members == nullptr) return;
  const auto found = member_named(*members, name);
  if (found != members->end()) members->erase(found);
}

}  // namespace umoci::oci
