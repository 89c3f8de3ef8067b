// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/member_writer.hpp>

namespace umoci::oci {

Json to_json(const std::vector<std::string>& texts) {
  return Json(Json::Array(texts.begin(), texts.end()));
}

Json to_json(const std::map<std::string, std::string>& texts) {
  Json::Object members;
  members.reserve(texts.size());
  for (const auto& [key, text] : texts) members.emplace_back(key, text);
  return Json(std::move(members));
}

}  // namespace umoci::oci
