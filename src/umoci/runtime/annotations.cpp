// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/annotations.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace umoci::runtime {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) {
    if (!result.empty()) result += ',';
    result += text;
  }
  return result;
}

}  // namespace

std::map<std::string, std::string> annotations_of(const oci::ImageConfig& config) {
  constexpr std::string_view prefix = "org.opencontainers.image.";
  std::map<std::string, std::string> annotations;
  const auto put = [&](std::string_view name, std::string value) {
    if (!value.empty()) annotations.emplace(std::string(prefix).append(name), std::move(value));
  };
  put("os", config.os());
  put("os.version", config.os_version());
  put("os.features", joined(config.os_features()));
  put("architecture", config.architecture());
  put("variant", config.variant());
  put("author", config.author());
  put("created", config.created().value_or(""));
  put("stopSignal", config.stop_signal());
  put("exposedPorts", joined(config.exposed_ports()));
  for (auto& [key, value] : config.labels()) annotations.insert_or_assign(key, value);
  return annotations;
}

}  // namespace umoci::runtime
