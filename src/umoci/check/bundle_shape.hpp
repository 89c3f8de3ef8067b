// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/bundle_report.hpp>
#include <umoci/check/bundle_value.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace umoci::check {

struct Shape;

enum class Presence { optional, required };

struct MemberShape {
  std::string_view name;
  const Shape* shape;
  Presence presence = Presence::optional;
};

/// What the runtime-spec's schema demands of one value: a table for check_shape(). Only what fits
/// its type counts.
struct Shape {
  enum class Type { string, boolean, integer, array, object };

  Type type = Type::object;
  /// Of an object. Others are allowed, whatever they are.
  std::span<const MemberShape> members = {};
  /// Of an array's elements, or of an object's members that `members` does not name; nullptr: any.
  const Shape* element = nullptr;
  std::size_t least_count = 0;  ///< of an array's elements
  // Of an integer.
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  /// Of a string: the ones allowed; empty: all.
  std::span<const std::string_view> words = {};
  /// Of a string; nullptr: any matches.
  bool (*matches)(std::string_view text) = nullptr;
  std::string_view wanted = {};  ///< what `matches` looks for, for messages
};

// For tables.
[[nodiscard]] constexpr Shape object_of(std::span<const MemberShape> members) {
  return {.type = Shape::Type::object, .members = members};
}
[[nodiscard]] constexpr Shape map_of(const Shape& element) {
  return {.type = Shape::Type::object, .element = &element};
}
[[nodiscard]] constexpr Shape array_of(const Shape& element, std::size_t least_count = 0) {
  return {.type = Shape::Type::array, .element = &element, .least_count = least_count};
}
[[nodiscard]] constexpr Shape integer_between(std::int64_t least, std::uint64_t most) {
  return {.type = Shape::Type::integer, .least = least, .most = most};
}
[[nodiscard]] constexpr Shape one_of(std::span<const std::string_view> words) {
  return {.type = Shape::Type::string, .words = words};
}

/// Reports as B02 each way in which `value` differs from `shape`.
void check_shape(const Value& value, const Shape& shape, Report& report);

}  // namespace umoci::check
