// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::check {

/// A value of a JSON document and where it stands, or where one would stand that is not there.
/// Borrows the document and the names it was found by. Copies need no memory: a document of 64 MiB
/// can have millions of values.
class Value {
 public:
  /// The whole document.
  explicit Value(const oci::Json& document) : json_(&document) {}

  /// False if it is absent or null, which mean the same to the readers of these documents.
  [[nodiscard]] bool exists() const { return json_ != nullptr && !json_->is_null(); }
  /// Of what is there at all, null included: nullptr if absent.
  [[nodiscard]] const oci::Json* json() const { return json_; }
  /// RFC 6901. Where that would be longer than 4 KiB, of a value around this one.
  [[nodiscard]] std::string pointer() const;

  /// A member; absent if this is no object.
  [[nodiscard]] Value operator[](std::string_view name) const;

  // What it is; nothing if it is something else.
  [[nodiscard]] const std::string* text() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] std::optional<std::uint64_t> natural() const;
  [[nodiscard]] const bool* truth() const;

  /// Number of elements or members; 0 if it has none.
  [[nodiscard]] std::size_t count() const;

  /// Calls `fn(element)` for the elements of an array.
  template <class Fn>
  void for_each_element(Fn&& fn) const {
    const oci::Json::Array* items = json_ == nullptr ? nullptr : json_->if_array();
    if (items == nullptr) return;
    std::size_t index = 0;
    for (const oci::Json& item : *items) fn(Value(*this, {.name = {}, .index = index++}, &item));
  }

  /// Calls `fn(name, value)` for the members of an object.
  template <class Fn>
  void for_each_member(Fn&& fn) const {
    const oci::Json::Object* members = json_ == nullptr ? nullptr : json_->if_object();
    if (members == nullptr) return;
    for (const auto& [name, json] : *members) fn(name, Value(*this, {.name = name}, &json));
  }

 private:
  static constexpr std::size_t no_index = static_cast<std::size_t>(-1);
  struct Step {
    std::string_view name;
    std::size_t index = no_index;
  };

  Value(const Value& parent, Step step, const oci::Json* json);

  const oci::Json* json_;
  /// More than the documents have whose form we know.
  std::array<Step, 10> steps_;
  std::size_t depth_ = 0;
};

}  // namespace umoci::check
