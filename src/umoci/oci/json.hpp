// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON that survives: members keep their order, numbers their text. What the documents of this
// module do not understand they keep as Json and write back.

#include <umoci/base/limits.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace umoci::oci {

/// One JSON value. Copies are deep; no operation recurses deeper than Limits::document_depth.
class Json {
 public:
  struct Null {
    friend bool operator==(Null, Null) = default;
  };
  /// A number as its own text: nothing is rounded.
  struct Number {
    std::string text;
    friend bool operator==(const Number&, const Number&) = default;
  };
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;
  /// Of bool only: a pointer is no truth value.
  Json(std::same_as<bool> auto value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  Json(std::string value) : value_(std::move(value)) {}   // NOLINT(google-explicit-constructor)
  Json(std::string_view value) : value_(std::string(value)) {}  // NOLINT
  Json(const char* value) : value_(std::string(value)) {}       // NOLINT
  Json(std::int64_t value);                                     // NOLINT
  Json(Number value) : value_(std::move(value)) {}              // NOLINT
  Json(Array value) : value_(std::move(value)) {}               // NOLINT
  Json(Object value) : value_(std::move(value)) {}              // NOLINT

  /// Parses exactly one value. Throws: invalid_data for malformed text (with byte offset), bytes
  /// that are no UTF-8, a byte order mark, duplicate members, trailing data; limit_exceeded for
  /// document_bytes or document_depth. Spec: RFC 8259, RFC 7493 2.3.
  [[nodiscard]] static Json parse(std::string_view text, const Limits& limits = {});
  /// As parse(), but duplicate members are no error: all of them are kept, find() returns the
  /// first, and `duplicates` receives the JSON pointers of at most 100 names that are there twice.
  [[nodiscard]] static Json parse(std::string_view text, const Limits& limits,
                                  std::vector<std::string>& duplicates);

  [[nodiscard]] bool is_null() const { return std::holds_alternative<Null>(value_); }
  [[nodiscard]] const bool* if_bool() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::string* if_string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Number* if_number() const { return std::get_if<Number>(&value_); }
  [[nodiscard]] const Array* if_array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* if_object() const { return std::get_if<Object>(&value_); }
  [[nodiscard]] Array* if_array() { return std::get_if<Array>(&value_); }
  [[nodiscard]] Object* if_object() { return std::get_if<Object>(&value_); }
  /// The number as an integer; nullopt if it is none, is not written as one, or does not fit.
  [[nodiscard]] std::optional<std::int64_t> if_int64() const;

  /// Member of an object; nullptr if absent or if this is no object.
  [[nodiscard]] const Json* find(std::string_view name) const;
  [[nodiscard]] Json* find(std::string_view name);
  /// Sets a member of an object, in place or at the end. A null value becomes an object first.
  void set(std::string_view name, Json value);
  /// Removes a member; nothing if absent.
  void erase(std::string_view name);

  /// Compact text, strings escaped as the profile asks (`<`, `>`, `&` as \u003c …), no final
  /// newline. Spec: cli.md 7.1 as described in docs/formats/json.md.
  [[nodiscard]] std::string dump() const;
  /// The same, one member a line, tab-indented: for config.json.
  [[nodiscard]] std::string dump_indented() const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<Null, bool, Number, std::string, Array, Object> value_;
};

}  // namespace umoci::oci
