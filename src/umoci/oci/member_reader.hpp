// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>
#include <umoci/oci/place.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::oci {

/// Throws: invalid_data, `PLACE is a number, not a string`.
[[noreturn]] void throw_wrong_type(const Place& place, const Json& found, std::string_view wanted);

/// Reads the known members of one JSON object, which must outlive it. A member that is null counts
/// as absent. Throws: invalid_data naming the member where one has the wrong type.
class MemberReader {
 public:
  /// Throws: invalid_data if `json` is no object.
  MemberReader(const Json& json, const Place& place);

  /// nullptr if absent or null.
  [[nodiscard]] const Json* find(std::string_view name) const;
  /// Throws: invalid_data if the member is there but null: for required members.
  void reject_null(std::string_view name) const;

  // Empty, 0 or false if absent.
  [[nodiscard]] std::string string(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] bool boolean(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> strings(std::string_view name) const;
  /// Values that are null read as empty. Spec: store-and-config.md 2.5.
  [[nodiscard]] std::map<std::string, std::string> string_map(std::string_view name) const;
  /// An array; nullptr if absent.
  [[nodiscard]] const Json::Array* array(std::string_view name) const;
  /// An object; nullptr if absent.
  [[nodiscard]] const Json::Object* object(std::string_view name) const;

  /// The members that `known` does not name, in their order.
  [[nodiscard]] Json::Object others(std::span<const std::string_view> known) const;

  /// Points at this object.
  [[nodiscard]] Place place_of(std::string_view name) const { return place_.member(name); }

 private:
  const Json& json_;
  Place place_;
};

}  // namespace umoci::oci
