// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::oci {

[[nodiscard]] Json to_json(const std::vector<std::string>& texts);
/// Sorted by the bytes of the keys.
[[nodiscard]] Json to_json(const std::map<std::string, std::string>& texts);

/// Gathers the members of a JSON object in the order of the calls, leaving out what is empty.
class MemberWriter {
 public:
  /// Writes the member whatever its value is.
  void put(std::string_view name, Json value) {
    members_.emplace_back(std::string(name), std::move(value));
  }
  void put_unless_empty(std::string_view name, std::string_view text) {
    if (!text.empty()) put(name, text);
  }
  void put_unless_empty(std::string_view name, const std::vector<std::string>& texts) {
    if (!texts.empty()) put(name, to_json(texts));
  }
  void put_unless_empty(std::string_view name, const std::map<std::string, std::string>& texts) {
    if (!texts.empty()) put(name, to_json(texts));
  }
  void append(const Json::Object& members) {
    members_.insert(members_.end(), members.begin(), members.end());
  }

  [[nodiscard]] Json take() { return Json(std::move(members_)); }

 private:
  Json::Object members_;
};

}  // namespace umoci::oci
