// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/spec_features.hpp>

#include <umoci/runtime/spec_version.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace umoci::runtime {
namespace {

using oci::Json;

/// The names are paths, `[]` any element of a list. Newest first.
constexpr std::array features{
    Feature{"freebsd", "1.3.0"},
    Feature{"linux.memoryPolicy", "1.3.0"},
    Feature{"linux.netDevices", "1.3.0"},
    Feature{"linux.intelRdt.schemata", "1.3.0"},
    Feature{"linux.intelRdt.enableMonitoring", "1.3.0"},
    Feature{"vm.hwConfig", "1.3.0"},
    Feature{"process.execCPUAffinity", "1.2.1"},
    Feature{"mounts[].options: idmap", "1.2.0"},
    Feature{"mounts[].options: ridmap", "1.2.0"},
    Feature{"domainname", "1.1.0"},
    Feature{"zos", "1.1.0"},
    Feature{"mounts[].uidMappings", "1.1.0"},
    Feature{"mounts[].gidMappings", "1.1.0"},
    Feature{"process.scheduler", "1.1.0"},
    Feature{"process.ioPriority", "1.1.0"},
    Feature{"linux.namespaces[].type: time", "1.1.0"},
    Feature{"linux.timeOffsets", "1.1.0"},
    Feature{"linux.resources.cpu.burst", "1.1.0"},
    Feature{"linux.resources.cpu.idle", "1.1.0"},
    Feature{"linux.resources.memory.checkBeforeUpdate", "1.1.0"},
    Feature{"linux.resources.unified", "1.1.0"},
    Feature{"linux.seccomp.defaultErrnoRet", "1.1.0"},
    Feature{"linux.seccomp.listenerPath", "1.1.0"},
    Feature{"linux.seccomp.listenerMetadata", "1.1.0"},
    Feature{"linux.intelRdt.enableCMT", "1.1.0"},
    Feature{"linux.intelRdt.enableMBM", "1.1.0"},
    Feature{"hooks.createRuntime", "1.0.2"},
    Feature{"hooks.createContainer", "1.0.2"},
    Feature{"hooks.startContainer", "1.0.2"},
    Feature{"linux.personality", "1.0.2"},
    Feature{"linux.resources.rdma", "1.0.2"},
    Feature{"linux.intelRdt.memBwSchema", "1.0.2"},
    Feature{"vm", "1.0.2"},
    Feature{"linux.intelRdt", "1.0.1"},
};

/// The text itself, or one of the texts of a list.
bool has_text(const Json& json, std::string_view text) {
  const auto is_it = [&](const Json& one) {
    return one.if_string() != nullptr && *one.if_string() == text;
  };
  const Json::Array* list = json.if_array();
  return list == nullptr ? is_it(json) : std::any_of(list->begin(), list->end(), is_it);
}

/// `text` empty: any value but null.
bool uses(const Json& json, std::string_view path, std::string_view text) {
  if (path.empty()) return text.empty() ? !json.is_null() : has_text(json, text);
  const std::size_t dot = path.find('.');
  std::string_view name = path.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  const bool is_list = name.ends_with("[]");
  if (is_list) name.remove_suffix(2);
  const Json* member = json.if_object() == nullptr ? nullptr : json.find(name);
  if (member == nullptr) return false;
  if (!is_list) return uses(*member, rest, text);
  const Json::Array* list = member->if_array();
  return list != nullptr && std::any_of(list->begin(), list->end(), [&](const Json& element) {
           return uses(element, rest, text);
         });
}

bool uses(const Json& document, std::string_view name) {
  const std::size_t colon = name.find(": ");
  const std::string_view text = colon == std::string_view::npos ? "" : name.substr(colon + 2);
  return uses(document, name.substr(0, colon), text);
}

}  // namespace

Feature newest_feature(const oci::Json& document) {
  const auto* found = std::find_if(features.begin(), features.end(), [&](const Feature& feature) {
    return uses(document, feature.name);
  });
  if (found != features.end()) return *found;
  return {.name = "every configuration", .version = oldest_spec_version};
}

}  // namespace umoci::runtime
