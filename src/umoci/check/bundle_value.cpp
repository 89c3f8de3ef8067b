// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_value.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <system_error>

namespace umoci::check {
namespace {

constexpr std::size_t most_pointer_bytes = 4096;

}  // namespace

using oci::Json;

Value::Value(const Value& parent, Step step, const Json* json)
    : json_(json), steps_(parent.steps_), depth_(parent.depth_) {
  if (depth_ == steps_.size()) throw Error(ErrorKind::internal, "a value is too deep");
  steps_[depth_++] = step;
}

Value Value::operator[](std::string_view name) const {
  return {*this, {.name = name}, json_ == nullptr ? nullptr : json_->find(name)};
}

const std::string* Value::text() const { return json_ == nullptr ? nullptr : json_->if_string(); }

std::optional<std::int64_t> Value::integer() const {
  return json_ == nullptr ? std::nullopt : json_->if_int64();
}

std::optional<std::uint64_t> Value::natural() const {
  const Json::Number* number = json_ == nullptr ? nullptr : json_->if_number();
  return number == nullptr ? std::nullopt : parse_number<std::uint64_t>(number->text);
}

const bool* Value::truth() const { return json_ == nullptr ? nullptr : json_->if_bool(); }

std::size_t Value::count() const {
  if (json_ == nullptr) return 0;
  if (const Json::Array* items = json_->if_array()) return items->size();
  if (const Json::Object* members = json_->if_object()) return members->size();
  return 0;
}

std::string Value::pointer() const {
  std::string pointer;
  for (std::size_t i = 0; i < depth_; ++i) {
    if (pointer.size() + steps_[i].name.size() > most_pointer_bytes) break;
    pointer += '/';
    if (steps_[i].index != no_index) pointer += std::to_string(steps_[i].index);
    for (const char c : steps_[i].name) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

}  // namespace umoci::check
